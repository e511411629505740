#include "mime/body_writer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/utf8.hpp"
#include "mime/hex.hpp"

namespace postroom::mime {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t line_bytes = 57;  // 76 digits
constexpr std::size_t chunk_bytes = 512 * line_bytes;
constexpr std::size_t longest_line = 990;  // RFC 5322 section 2.1.1 says 998
constexpr std::size_t quoted_line = 75;

std::string base64_lines(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() / line_bytes * 78 + 80);
  for (std::size_t at = 0; at < bytes.size(); at += line_bytes) {
    out += base::to_base64(bytes.substr(at, line_bytes));
    out += "\r\n";
  }
  return out;
}

std::uint64_t base64_size(std::uint64_t n) {
  std::uint64_t digits = (n + 2) / 3 * 4;
  return digits + (n + line_bytes - 1) / line_bytes * 2;
}

// Bytes of a file, or of a text.
class Reader {
 public:
  explicit Reader(const Segment& segment) : segment_(segment) {
    if (segment.path.empty()) return;
    descriptor_ = ::open(segment.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) throw unreadable(segment.path, std::strerror(errno));
  }
  ~Reader() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  static Error unreadable(const std::filesystem::path& path, std::string_view cause) {
    return Error(ErrorKind::config, "mime.attachment_unreadable",
                 fmt::format("the attachment {} cannot be read: {}", path.string(), cause),
                 "check the path and that this user may read the file");
  }

  std::size_t read(char* into, std::size_t want) {
    if (descriptor_ < 0) {
      std::size_t n = segment_.bytes.copy(into, want, std::min(at_, segment_.bytes.size()));
      at_ += n;
      return n;
    }
    std::size_t total = 0;
    while (total < want) {
      ssize_t n = ::read(descriptor_, into + total, want - total);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw unreadable(segment_.path, std::strerror(errno));
      if (n == 0) break;
      total += static_cast<std::size_t>(n);
    }
    return total;
  }

 private:
  const Segment& segment_;
  int descriptor_ = -1;
  std::size_t at_ = 0;
};

Error changed(const Segment& segment) {
  return Error(
      ErrorKind::storage, "mime.attachment_changed",
      fmt::format("the attachment {} changed while it was being sent", segment.path.string()),
      "send it again when nothing writes to the file");
}

class SegmentSource final : public base::ByteSource {
 public:
  explicit SegmentSource(std::vector<Segment> segments) : segments_(std::move(segments)) {}

  std::size_t read(std::span<char> into) override {
    while (used_ == ready_.size() && at_ < segments_.size()) refill();
    std::size_t n = std::min(into.size(), ready_.size() - used_);
    std::copy_n(ready_.data() + used_, n, into.data());
    used_ += n;
    return n;
  }

  void rewind() override {
    at_ = used_ = 0;
    ready_.clear();
    reader_.reset();
    written_ = 0;
  }

  std::uint64_t size() const override {
    std::uint64_t total = 0;
    for (const auto& segment : segments_) total += segment.size;
    return total;
  }

  bool is_8bit() const override { return std::ranges::any_of(segments_, holds_8bit); }

 private:
  static bool holds_8bit(const Segment& segment) {
    if (segment.kind == Segment::Kind::base64) return false;
    return !segment.path.empty() || !base::is_ascii(segment.bytes);
  }

  void refill() {
    const Segment& segment = segments_[at_];
    used_ = 0;
    if (segment.kind == Segment::Kind::text) {
      ready_ = segment.bytes;
      ++at_;
      return;
    }
    if (!reader_) {
      reader_ = std::make_unique<Reader>(segment);
      converter_ = {};
    }
    std::string raw(chunk_bytes, '\0');
    raw.resize(reader_->read(raw.data(), raw.size()));
    bool last = raw.size() < chunk_bytes;
    ready_ = segment.kind == Segment::Kind::base64 ? base64_lines(raw) : converter_.convert(raw);
    written_ += ready_.size();
    // The size was promised to the server: neither less nor more may come.
    if (written_ > segment.size || (last && written_ != segment.size)) throw changed(segment);
    if (last) {
      reader_.reset();
      written_ = 0;
      ++at_;
    }
  }

  std::vector<Segment> segments_;
  std::size_t at_ = 0, used_ = 0;
  std::string ready_;
  std::unique_ptr<Reader> reader_;
  CrlfConverter converter_;
  std::uint64_t written_ = 0;
};

}  // namespace

std::string CrlfConverter::convert(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 32);
  for (char c : bytes) {
    if (c == '\n' && !after_cr_) out += '\r';
    if (c != '\n' && after_cr_) out += '\n';
    out += c;
    after_cr_ = c == '\r';
  }
  return out;
}

Segment make_text_segment(std::string text) {
  Segment segment;
  segment.size = text.size();
  segment.bytes = std::move(text);
  return segment;
}

Segment make_file_segment(const std::filesystem::path& path, std::string_view bytes,
                          Segment::Kind kind) {
  Segment segment;
  segment.kind = kind;
  segment.path = path;
  if (path.empty()) segment.bytes = bytes;
  std::uint64_t length = bytes.size();
  if (!path.empty()) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) throw Reader::unreadable(path, std::strerror(errno));
    if (!S_ISREG(facts.st_mode)) throw Reader::unreadable(path, "it is not a file");
    if (::access(path.c_str(), R_OK) != 0) throw Reader::unreadable(path, std::strerror(errno));
    length = static_cast<std::uint64_t>(facts.st_size);
  }
  segment.size = kind == Segment::Kind::base64 ? base64_size(length) : measure_text(segment).size;
  return segment;
}

TextMeasure measure_text(const Segment& segment) {
  TextMeasure measure;
  Reader reader(segment);
  CrlfConverter converter;
  std::string raw;
  do {
    raw.resize(chunk_bytes);
    raw.resize(reader.read(raw.data(), raw.size()));
    std::string text = converter.convert(raw);
    measure.size += text.size();
    for (char c : text) {
      measure.line = c == '\n' ? 0 : measure.line + 1;
      measure.longest = std::max(measure.longest, measure.line);
      measure.ascii = measure.ascii && static_cast<unsigned char>(c) < 0x80;
      measure.nul = measure.nul || c == '\0';
    }
  } while (raw.size() == chunk_bytes);
  return measure;
}

EncodedText encode_text(std::string_view text) {
  CrlfConverter converter;
  std::string canonical = converter.convert(text);
  if (canonical.ends_with('\r')) canonical += '\n';
  if (!canonical.empty() && !canonical.ends_with('\n')) canonical += "\r\n";
  std::size_t above = 0, line = 0, longest = 0;
  bool control = false;
  for (char c : canonical) {
    if (static_cast<unsigned char>(c) >= 0x80) ++above;
    if (c == '\0') control = true;
    line = c == '\n' ? 0 : line + 1;
    longest = std::max(longest, line);
  }
  // A line that begins with "From " would get a ">" in some mailboxes.
  bool from_line = canonical.starts_with("From ") || canonical.contains("\nFrom ");
  if (above == 0 && !control && !from_line && longest <= longest_line)
    return {"7bit", std::move(canonical)};
  if (above * 3 > canonical.size()) return {"base64", base64_lines(canonical)};
  return {"quoted-printable", quoted_printable(canonical)};
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      out += "\r\n";
      column = 0;
      ++i;
      continue;
    }
    bool line_ends = i + 1 == text.size() || text[i + 1] == '\r';
    bool literal = (c > ' ' && c <= '~' && c != '=') || ((c == ' ' || c == '\t') && !line_ends);
    if (c == '.' && column == 0) literal = false;  // some relays forget to stuff the dot
    if (column == 0 && text.substr(i).starts_with("From ")) literal = false;
    std::size_t width = literal ? 1 : 3;
    if (column + width > quoted_line) {
      out += "=\r\n";
      column = 0;
    }
    if (literal) {
      out += c;
    } else {
      out += '=';
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[static_cast<unsigned char>(c) & 15];
    }
    column += width;
  }
  return out;
}

std::unique_ptr<base::ByteSource> make_source(std::vector<Segment> segments) {
  return std::make_unique<SegmentSource>(std::move(segments));
}

}  // namespace postroom::mime
