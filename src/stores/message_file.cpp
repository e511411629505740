#include "stores/message_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "mime/header.hpp"
#include "mime/header_text.hpp"
#include "mime/message.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  // A pipe that somebody put there must not hold the run, nor a link lead out of the mailbox.
  explicit Descriptor(const fs::path& path)
      : value_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int value() const noexcept { return value_; }

  std::size_t read(std::span<char> into, const fs::path& path) const {
    while (true) {
      const ssize_t n = ::read(value_, into.data(), into.size());
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) throw file_error("reading", path, errno);
    }
  }

 private:
  int value_;
};

// Up to the first empty line, in steps of a disk page: most header blocks are one or two.
std::string read_header_block(const Descriptor& file, const fs::path& path, std::size_t limit) {
  std::string block;
  std::array<char, 8192> buffer;
  while (block.size() < limit) {
    const std::size_t n = file.read(buffer, path);
    if (n == 0) break;
    const std::size_t from =
        block.size() < 3 ? 0 : block.size() - 3;  // an empty line may lie across two reads
    block.append(buffer.data(), n);
    if (block.find("\n\n", from) != std::string::npos ||
        block.find("\n\r\n", from) != std::string::npos)
      break;
  }
  return block;
}

void add_headers(const mime::Headers& headers, const mailbox::Want& want, mailbox::Message& into) {
  for (const mime::Header& header : headers) {
    const bool is_wanted =
        want.all_headers || std::ranges::any_of(want.headers, [&](const std::string& name) {
          return base::ascii_iequals(name, header.name);
        });
    if (is_wanted) into.headers.emplace_back(header.name, mime::decode_header(header.value));
  }
}

void read_whole(const fs::path& path, const mailbox::Want& want, mailbox::Message& into) {
  const mime::Message message = mime::Message::load(path);
  into.envelope = message.envelope();
  add_headers(message.headers(), want, into);
  if (want.structure) {
    into.structure = message.root();
    into.attachments = message.unopened_attachments();
  }
  if (want.text) {
    into.text = message.text();
    into.html = message.html();
  }
  into.warnings.insert(into.warnings.end(), message.warnings().begin(), message.warnings().end());
}

}  // namespace

base::Error file_error(std::string_view doing, const fs::path& path, int error_number) {
  const std::string words = std::system_category().message(error_number);
  std::string hint = "check that the file and its folder may be read and written by this user";
  if (error_number == ENOSPC || error_number == EDQUOT) hint = "free some disk space";
  base::Error error(base::ErrorKind::storage, "maildir.io",
                    std::string(doing) + " " + base::printable(path.string(), 300) + ": " + words,
                    std::move(hint));
  error.set_session_usable(true);
  return error;
}

bool read_file_facts(const fs::path& path, mailbox::Message& into) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    into.warnings.push_back(file_error("reading", path, errno).message());
    return true;
  }
  if (!S_ISREG(facts.st_mode)) return false;  // no message
  into.size = static_cast<std::uint64_t>(facts.st_size);
  const auto since_epoch =
      std::chrono::seconds(facts.st_mtim.tv_sec) + std::chrono::nanoseconds(facts.st_mtim.tv_nsec);
  into.received = base::Instant(std::chrono::floor<std::chrono::milliseconds>(since_epoch));
  return true;
}

const mime::Message& ParsedFile::at(const fs::path& path) {
  if (!message_ || path_ != path) {
    message_.reset();
    message_.emplace(mime::Message::load(path));
    path_ = path;
  }
  return *message_;
}

void read_received(const fs::path& path, mailbox::Message& into) {
  const Descriptor file(path);
  if (file.value() < 0) return;
  const mime::HeaderLimits limits;
  mime::Headers headers;
  try {
    headers = mime::parse_headers(read_header_block(file, path, limits.block), limits);
  } catch (const base::Error& error) {
    into.warnings.push_back(error.message());
    return;
  }
  if (auto received = mime::find_header(headers, "Received")) {
    // RFC 5321 section 4.4: the date is behind the last semicolon.
    const auto semicolon = received->rfind(';');
    if (semicolon != std::string_view::npos) {
      if (auto at = mime::parse_date(received->substr(semicolon + 1))) {
        into.received = at;
        return;
      }
    }
  }
  if (auto date = mime::find_header(headers, "Date")) {
    if (auto at = mime::parse_date(*date)) into.received = at;
  }
}

FileState read_file_content(const fs::path& path, const mailbox::Want& want,
                            mailbox::Message& into) {
  try {
    const Descriptor file(path);
    if (file.value() < 0) {
      if (errno == ENOENT || errno == ENOTDIR) return FileState::gone;
      throw file_error("reading", path, errno);
    }
    if (want.structure || want.text) {
      read_whole(path, want, into);
    } else {
      const mime::HeaderLimits limits;
      const mime::Headers headers =
          mime::parse_headers(read_header_block(file, path, limits.block), limits);
      into.envelope = mime::envelope_of(headers);
      add_headers(headers, want, into);
    }
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::storage) throw;
    if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return FileState::gone;
    into.warnings.push_back(error.message());
    return FileState::unreadable;
  }
  return FileState::read;
}

bool copy_file_to(const fs::path& path, base::ByteSink& sink) {
  const Descriptor file(path);
  if (file.value() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw file_error("reading", path, errno);
  }
  std::string buffer(64 * 1024, '\0');
  while (const std::size_t n = file.read(buffer, path)) sink.write({buffer.data(), n});
  return true;
}

}  // namespace postroom::stores
