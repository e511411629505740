#include "mailbox/attachment_reader.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace postroom::mailbox {
namespace {

struct ReaderLimits {
  std::size_t warnings = 50;              // as mime::MessageLimits
  std::uint64_t html = 16 * 1024 * 1024;  // decoded, as mime::MessageLimits::text
  std::size_t nested_html = 100;          // of attached messages, fetched one by one
};
constexpr ReaderLimits reader_limits;

class LimitedBytes final : public base::ByteSink {
 public:
  explicit LimitedBytes(std::uint64_t limit) : limit_(limit) {}
  void write(std::string_view bytes) override {
    const std::size_t room = static_cast<std::size_t>(limit_ - text.size());
    is_cut = is_cut || bytes.size() > room;
    text += bytes.substr(0, room);
  }
  std::string text;
  bool is_cut = false;

 private:
  std::uint64_t limit_;
};

}  // namespace

void AttachmentReader::warn(std::string sentence) {
  if (warnings_.size() < reader_limits.warnings) warnings_.push_back(std::move(sentence));
}

// Nothing when it is larger than `limit`.
Task<std::optional<std::string>> AttachmentReader::read(std::string part_id, std::uint64_t limit) {
  const mime::Part* part = mime::find_part(*message_.structure, part_id);
  if (part == nullptr) co_return std::nullopt;
  LimitedBytes bytes(limit);
  const MessageKey key = message_.key;
  const mime::Part copy = *part;
  co_await folder_.part(key, copy, bytes);
  if (bytes.is_cut) co_return std::nullopt;
  co_return std::move(bytes.text);
}

Task<void> AttachmentReader::begin() {
  rows_.emplace();
  if (!message_.structure) co_return;
  const mime::Part& root = *message_.structure;
  std::map<std::string, std::string, std::less<>> pages;
  if (nested_ == mime::Nested::recurse) {
    for (const mime::Part* html : mime::nested_html(root)) {
      if (pages.size() >= reader_limits.nested_html) break;
      std::optional<std::string> page = co_await read(html->id, reader_limits.html);
      if (page) pages[html->id] = std::move(*page);
    }
  }
  mime::HtmlReader read_html = [&](const mime::Part& html) -> std::optional<std::string> {
    const auto page = pages.find(html.id);
    return page == pages.end() ? std::nullopt : std::optional(page->second);
  };
  rows_ = mime::packed_and_plain(root, read_html, nested_);
  // The store decided with the HTML at hand which parts of the message itself are inline.
  for (mime::Attachment& row : *rows_) {
    const auto known =
        std::ranges::find(message_.attachments, row.part_id, &mime::Attachment::part_id);
    if (known != message_.attachments.end()) row.inline_ = known->inline_;
  }
}

Task<void> AttachmentReader::open(const mime::Attachment& packed) {
  const mime::PackedLimits limits;
  opened_ = {};
  opened_.stays = packed.packing != mime::Packing::text;
  std::optional<std::string> bytes;
  std::optional<base::Error> refusal;
  try {
    if (packed.size <= limits.bytes) bytes = co_await read(packed.part_id, limits.bytes);
  } catch (const base::Error& error) {
    // What is packed may be missed, the other attachments not: but only a broken part, not a broken
    // session, is passed over.
    if (!error.session_usable() || error.kind() == base::ErrorKind::cancelled) throw;
    refusal = error;
  }
  if (bytes) {
    opened_ = mime::open_packed(packed, std::move(*bytes), nested_, limits);
  } else if (refusal) {
    warn("a part could not be read: " + refusal->message());
  } else if (opened_.stays) {
    warn(mime::too_large_to_open(packed, limits));
  }
  for (std::string& sentence : opened_.warnings) warn(std::move(sentence));
}

Task<const mime::Attachment*> AttachmentReader::next() {
  if (!rows_) co_await begin();
  current_ = nullptr;
  current_file_ = nullptr;
  while (true) {
    if (file_at_ < opened_.files.size()) {
      current_file_ = &opened_.files[file_at_++];
      current_ = &current_file_->attachment;
      co_return current_;
    }
    if (at_ >= rows_->size()) co_return nullptr;
    const mime::Attachment& row = (*rows_)[at_++];
    opened_ = {};
    file_at_ = 0;
    bool is_row = true;
    if (row.packing != mime::Packing::none) {
      co_await open(row);
      is_row = opened_.stays;
    }
    if (!is_row) continue;
    if (!row.note.empty() && notes_.size() < reader_limits.warnings)
      notes_.push_back("\"" + base::printable(row.name, 200) + "\" is " + row.note);
    current_ = &row;
    co_return current_;
  }
}

Task<void> AttachmentReader::write(base::ByteSink& sink) {
  if (current_file_ != nullptr) {
    sink.write(current_file_->bytes);
    co_return;
  }
  const mime::Part* part = mime::find_part(*message_.structure, current_->part_id);
  if (part == nullptr) co_return;
  const MessageKey key = message_.key;
  const mime::Part copy = *part;
  co_await folder_.part(key, copy, sink);
}

}  // namespace postroom::mailbox
