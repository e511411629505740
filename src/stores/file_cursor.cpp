#include "stores/file_cursor.hpp"

#include "net/task_group.hpp"
#include "stores/message_file.hpp"
#include "stores/weaken.hpp"

namespace postroom::stores {
namespace {

using mailbox::Message;
using mailbox::Want;

struct FilePageLimits {
  std::size_t messages = 1'000;  // as MessageCursor promises
  std::size_t text_bytes =
      4 * 1024 * 1024;  // of bodies kept; the message that passes it is the page's last
};
constexpr FilePageLimits file_page_limits;

Want from_name() {
  Want want;
  want.flags = want.size = want.received = true;
  return want;
}

Want from_header() {
  Want want = from_name();
  want.envelope = want.all_headers = true;
  return want;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

}  // namespace

FileCursor::FileCursor(std::vector<FileEntry> entries, FileFinder find_again, mailbox::Query query,
                       Want want, ReceivedFrom received_from)
    : entries_(std::move(entries)),
      find_again_(std::move(find_again)),
      want_(want),
      needs_(want | mailbox::needs_of(query)),
      by_name_(weaken(query, from_name())),
      by_header_(weaken(query, from_header())),
      exact_(query),
      received_from_(received_from) {
  const Want query_needs = mailbox::needs_of(query);
  const bool reads_header =
      query_needs.envelope || query_needs.all_headers || !query_needs.headers.empty();
  header_decides_ = reads_header && (needs_.structure || needs_.text);
}

std::optional<Message> FileCursor::read_once(const FileEntry& entry, bool& has_gone) const {
  Message message;
  message.key.text = entry.key;
  message.flags = entry.flags;
  has_gone = !read_file_facts(entry.file, message);
  if (!has_gone && received_from_ == ReceivedFrom::headers && needs_.received)
    read_received(entry.file, message);
  if (has_gone || !by_name_.matches(message)) return std::nullopt;

  if (header_decides_) {
    Want cheap = needs_;
    cheap.structure = cheap.text = false;
    Message draft = message;
    const FileState state = read_file_content(entry.file, cheap, draft);
    has_gone = state == FileState::gone;
    if (has_gone || (state == FileState::read && !by_header_.matches(draft))) return std::nullopt;
  }
  FileState state = FileState::read;
  if (!covers(from_name(), needs_)) state = read_file_content(entry.file, needs_, message);
  has_gone = state == FileState::gone;
  // What cannot be read cannot be ruled out: it is given with its warning.
  if (has_gone || (state == FileState::read && !exact_.matches(message))) return std::nullopt;
  if (!want_.text) {
    message.text = {};
    message.html = {};
  }
  return message;
}

std::optional<Message> FileCursor::read(FileEntry entry) const {
  bool has_gone = false;
  std::optional<Message> message = read_once(entry, has_gone);
  if (!has_gone) return message;
  std::optional<FileEntry> now = find_again_(entry.key);
  if (!now || now->file == entry.file) return std::nullopt;
  return read_once(*now, has_gone);
}

mailbox::Task<std::vector<Message>*> FileCursor::next_page() {
  page_.clear();
  std::size_t text_bytes = 0;
  std::size_t looked_at = 0;
  while (at_ < entries_.size() && page_.size() < file_page_limits.messages &&
         text_bytes < file_page_limits.text_bytes) {
    if (looked_at++ % 256 == 0) co_await net::yield_turn();
    std::optional<Message> message = read(std::move(entries_[at_++]));
    if (!message) continue;
    text_bytes += message->text.size() + message->html.size();
    page_.push_back(std::move(*message));
  }
  co_return page_.empty() ? nullptr : &page_;
}

bool natural_less(std::string_view a, std::string_view b) noexcept {
  std::size_t i = 0;
  std::size_t j = 0;
  auto run_of_digits = [](std::string_view text, std::size_t from) {
    std::size_t end = from;
    while (end < text.size() && is_digit(text[end])) ++end;
    std::size_t begin = from;
    while (begin + 1 < end && text[begin] == '0') ++begin;  // leading zeros do not count
    return std::pair(text.substr(begin, end - begin), end);
  };
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      auto [left, left_end] = run_of_digits(a, i);
      auto [right, right_end] = run_of_digits(b, j);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      i = left_end;
      j = right_end;
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
    }
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;  // "07" and "7": equal as numbers, yet an order is needed
}

}  // namespace postroom::stores
