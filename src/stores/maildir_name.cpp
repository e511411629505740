#include "stores/maildir_name.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include <fmt/format.h>
#include <unistd.h>

namespace postroom::stores {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  std::string safe;
  for (const char* c = name.data(); *c != '\0'; ++c) {
    const bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                          (*c >= '0' && *c <= '9') || *c == '.' || *c == '-';
    safe += is_plain ? *c : '_';  // '/' and ':' would break the name
  }
  return safe.empty() ? "localhost" : safe;
}

}  // namespace

MaildirName parse_maildir_name(std::string_view file_name) {
  for (std::string_view mark : {":2,", ";2,"}) {
    const std::size_t at = file_name.rfind(mark);
    if (at != std::string_view::npos) {
      return {std::string(file_name.substr(0, at)),
              std::string(file_name.substr(at + mark.size()))};
    }
  }
  return {std::string(file_name), {}};
}

std::string format_maildir_name(const MaildirName& name) {
  std::string letters = name.flags;
  std::ranges::sort(letters);
  return name.unique + ":2," + letters;
}

mailbox::Flags flags_of(const MaildirName& name) {
  mailbox::Flags flags;
  for (const char letter : name.flags) {
    switch (letter) {
      case 'S':
        flags.seen = true;
        break;
      case 'F':
        flags.flagged = true;
        break;
      case 'R':
        flags.answered = true;
        break;
      case 'D':
        flags.draft = true;
        break;
      case 'T':
        flags.deleted = true;
        break;
      default:
        break;
    }
  }
  return flags;
}

void set_letter(MaildirName& name, char letter, bool is_set) {
  std::erase(name.flags, letter);
  if (is_set) name.flags += letter;
}

char letter_of(mailbox::Flag flag) noexcept {
  switch (flag) {
    case mailbox::Flag::seen:
      return 'S';
    case mailbox::Flag::flagged:
      return 'F';
    case mailbox::Flag::answered:
      return 'R';
    case mailbox::Flag::draft:
      return 'D';
    case mailbox::Flag::deleted:
      return 'T';
  }
  return 'S';
}

std::string letters_of(const mailbox::Flags& flags) {
  std::string letters;
  if (flags.draft) letters += 'D';
  if (flags.flagged) letters += 'F';
  if (flags.answered) letters += 'R';
  if (flags.seen) letters += 'S';
  if (flags.deleted) letters += 'T';
  return letters;
}

std::string new_unique_name(const base::Clock& clock) {
  static const std::string host = host_name();
  static std::atomic<std::uint64_t> counter{0};
  const auto since_epoch = clock.now().time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(since_epoch - seconds).count();
  return fmt::format("{}.M{}P{}Q{}.{}", seconds.count(), micros, ::getpid(), ++counter, host);
}

}  // namespace postroom::stores
