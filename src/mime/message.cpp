#include "mime/message.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "mime/bodies.hpp"
#include "mime/decoder.hpp"
#include "mime/header_text.hpp"
#include "mime/html_text.hpp"
#include "mime/part_scanner.hpp"

namespace postroom::mime {
namespace {

using base::Error;
using base::ErrorKind;

// The message's bytes, in memory or in a file.
class Bytes {
 public:
  virtual ~Bytes() = default;
  virtual void copy(Region region, base::ByteSink& sink) const = 0;
};

class MemoryBytes final : public Bytes {
 public:
  explicit MemoryBytes(std::string text) : text_(std::move(text)) {}
  void copy(Region region, base::ByteSink& sink) const override {
    std::uint64_t end = std::min<std::uint64_t>(region.end, text_.size());
    if (region.start < end)
      sink.write(std::string_view(text_).substr(region.start, end - region.start));
  }

 private:
  std::string text_;
};

class FileBytes final : public Bytes {
 public:
  explicit FileBytes(const std::filesystem::path& file)
      : file_(file), descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat facts{};
    bool regular = descriptor_ >= 0 && ::fstat(descriptor_, &facts) == 0 && S_ISREG(facts.st_mode);
    if (regular) return;
    std::string cause = descriptor_ < 0 ? std::strerror(errno) : "it is not a file";
    if (descriptor_ >= 0) ::close(descriptor_);
    throw Error(ErrorKind::storage, "mime.unreadable_file",
                fmt::format("the message {} cannot be read: {}", file.string(), cause),
                "check that the file is there and that this user may read it");
  }
  ~FileBytes() override { ::close(descriptor_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  void copy(Region region, base::ByteSink& sink) const override {
    std::array<char, 64 * 1024> window;
    while (region.start < region.end) {
      std::size_t want = static_cast<std::size_t>(
          std::min<std::uint64_t>(window.size(), region.end - region.start));
      ssize_t n = ::pread(descriptor_, window.data(), want, static_cast<off_t>(region.start));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        throw Error(
            ErrorKind::storage, "mime.unreadable_file",
            fmt::format("the message {} cannot be read: {}", file_.string(), std::strerror(errno)),
            "check the disk");
      }
      if (n == 0) return;
      sink.write({window.data(), static_cast<std::size_t>(n)});
      region.start += static_cast<std::uint64_t>(n);
    }
  }

 private:
  std::filesystem::path file_;
  int descriptor_;
};

class ScannerSink final : public base::ByteSink {
 public:
  explicit ScannerSink(PartScanner& scanner) : scanner_(scanner) {}
  void write(std::string_view bytes) override { scanner_.feed(bytes); }

 private:
  PartScanner& scanner_;
};

// Keeps the first `limit` bytes.
class BoundedSink final : public base::ByteSink {
 public:
  explicit BoundedSink(std::size_t limit) : limit_(limit) {}
  void write(std::string_view bytes) override {
    cut = cut || bytes.size() > limit_ - text.size();
    text += bytes.substr(0, limit_ - text.size());
  }
  std::string text;
  bool cut = false;

 private:
  std::size_t limit_;
};

}  // namespace

struct Message::Content {
  Content(std::unique_ptr<Bytes> raw, const MessageLimits& message_limits)
      : bytes(std::move(raw)), limits(message_limits) {
    PartScanner scanner(limits);
    ScannerSink sink(scanner);
    bytes->copy({0, UINT64_MAX}, sink);
    scanned = scanner.finish();
    envelope = envelope_of(scanned.headers);
  }

  void copy_decoded(const Part& part, base::ByteSink& sink) {
    Decoder decoder(encoding_of(part), sink);
    bytes->copy(scanned.bodies.find(part.id)->second, decoder);
    decoder.finish();
    // Behind base64 stands the footer of a mailing list, which nobody misses.
    constexpr std::uint64_t longest_footer = 4'000;
    const bool is_base64 = parse_encoding(part.encoding) == Encoding::base64;
    if (decoder.dropped() <= (is_base64 ? longest_footer : 0)) return;
    warn(fmt::format("{} bytes of part {} are not {} although it is labelled so: they are left out",
                     decoder.dropped(), part.id, base::printable(part.encoding, 50)));
  }

  std::string body(const Part& part) {
    BoundedSink sink(limits.text);
    copy_decoded(part, sink);
    if (sink.cut) warn("a body is larger than the limit and was cut");
    BodyText read = read_body_text(part, sink.text);
    if (!read.warning.empty()) warn(std::move(read.warning));
    return std::move(read.text);
  }

  void warn(std::string sentence) {
    auto& all = scanned.warnings;
    if (all.size() < limits.warnings && std::ranges::find(all, sentence) == all.end())
      all.push_back(std::move(sentence));
  }

  HtmlReader html_reader() {
    return [this](const Part& part) { return std::optional(body(part)); };
  }

  // Nothing when it is too large, which is said.
  std::optional<Opened> open(const Attachment& packed, Nested nested) {
    if (limits.packed.depth <= 0) return std::nullopt;
    const Part* part = find_part(scanned.root, packed.part_id);
    if (part == nullptr) return std::nullopt;
    BoundedSink sink(limits.packed.bytes);
    copy_decoded(*part, sink);
    if (sink.cut) {
      if (packed.packing != Packing::text) warn(too_large_to_open(packed, limits.packed));
      return std::nullopt;
    }
    return open_packed(packed, std::move(sink.text), nested, limits.packed);
  }

  // A file out of a packed part. The part last opened is kept: its files are written one by one.
  bool write_file(std::string_view id, base::ByteSink& sink) {
    const std::string part_id(id.substr(0, id.find('/')));
    if (opened_id != part_id) {
      opened = {};
      opened_id.clear();
      for (const Attachment& row : packed_and_plain(scanned.root, html_reader(), Nested::recurse)) {
        if (row.part_id != part_id || row.packing == Packing::none) continue;
        if (auto found = open(row, Nested::recurse)) opened = std::move(*found);
        opened_id = part_id;
        break;
      }
    }
    auto file = std::ranges::find(opened.files, id,
                                  [](const OpenedFile& one) { return one.attachment.part_id; });
    if (file == opened.files.end()) return false;
    sink.write(file->bytes);
    return true;
  }

  std::unique_ptr<Bytes> bytes;
  std::string opened_id;
  Opened opened;
  MessageLimits limits;
  ScannedMessage scanned;
  Envelope envelope;
};

Message::Message(std::unique_ptr<Content> content) : content_(std::move(content)) {}
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

Message Message::parse(std::string bytes, const MessageLimits& limits) {
  return Message(
      std::make_unique<Content>(std::make_unique<MemoryBytes>(std::move(bytes)), limits));
}

Message Message::load(const std::filesystem::path& file, const MessageLimits& limits) {
  return Message(std::make_unique<Content>(std::make_unique<FileBytes>(file), limits));
}

const Headers& Message::headers() const { return content_->scanned.headers; }
const Envelope& Message::envelope() const { return content_->envelope; }
const Part& Message::root() const { return content_->scanned.root; }
const std::vector<std::string>& Message::warnings() const { return content_->scanned.warnings; }

std::string Message::header(std::string_view name) const {
  return decode_header(find_header(headers(), name).value_or(std::string_view{}));
}

std::string Message::text() const {
  Bodies bodies = find_bodies(root());
  if (bodies.plain != nullptr) return content_->body(*bodies.plain);
  return bodies.html != nullptr ? html_to_text(content_->body(*bodies.html)) : std::string();
}

std::string Message::html() const {
  const Part* part = html_part(root());
  return part != nullptr ? content_->body(*part) : std::string();
}

std::vector<Attachment> Message::attachments(Nested nested) const {
  std::vector<Attachment> found;
  for (Attachment& row : packed_and_plain(root(), content_->html_reader(), nested)) {
    if (!row.note.empty())
      content_->warn(fmt::format("\"{}\" is {}", base::printable(row.name, 200), row.note));
    std::optional<Opened> opened;
    if (row.packing != Packing::none) opened = content_->open(row, nested);
    const bool is_row = opened ? opened->stays : row.packing != Packing::text;
    row.packing = Packing::none;
    if (is_row) found.push_back(std::move(row));
    if (!opened) continue;
    for (OpenedFile& file : opened->files) found.push_back(std::move(file.attachment));
    for (std::string& sentence : opened->warnings) content_->warn(std::move(sentence));
  }
  return found;
}

std::vector<Attachment> Message::unopened_attachments(Nested nested) const {
  return mime::attachments(root(), content_->html_reader(), nested);
}

void Message::write_part(std::string_view id, base::ByteSink& sink) const {
  if (id.empty()) {
    content_->bytes->copy({0, content_->scanned.size}, sink);
    return;
  }
  if (id.contains('/') && content_->write_file(id, sink)) return;
  const Part* part = find_part(root(), id);
  auto found = content_->scanned.bodies.find(id);
  if (part == nullptr || found == content_->scanned.bodies.end()) {
    throw Error(ErrorKind::not_found, "mime.no_part",
                fmt::format("the message has no part \"{}\"", base::printable(id)),
                "list the message's attachments again");
  }
  if (part->is_multipart()) {
    content_->bytes->copy(found->second, sink);
  } else {
    content_->copy_decoded(*part, sink);
  }
}

}  // namespace postroom::mime
