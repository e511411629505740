// Segments: a message to send as pieces of text and of files, encoded while they are read, each of
// a known size. Inside mime; others use build().
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.hpp"

namespace postroom::mime {

struct Segment {
  enum class Kind { text, base64, crlf };  // as it is; encoded; with its line ends made CRLF
  Kind kind = Kind::text;
  std::filesystem::path path;  // of a file, or empty
  std::string bytes;           // else these
  std::uint64_t size = 0;      // octets on the wire
};

// Lone CR and LF become CRLF, over chunks cut anywhere.
class CrlfConverter {
 public:
  std::string convert(std::string_view bytes);

 private:
  bool after_cr_ = false;
};

Segment make_text_segment(std::string text);
// Throws Error{config, mime.attachment_unreadable}.
Segment make_file_segment(const std::filesystem::path& path, std::string_view bytes,
                          Segment::Kind kind);

struct TextMeasure {
  std::uint64_t size = 0;  // with CRLF
  std::size_t line = 0, longest = 0;
  bool ascii = true, nul = false;
};
TextMeasure measure_text(const Segment& segment);

struct EncodedText {
  std::string encoding;
  std::string body;  // CRLF lines below 998 octets
};
EncodedText encode_text(std::string_view utf8);
std::string quoted_printable(std::string_view crlf_text);

std::unique_ptr<base::ByteSource> make_source(std::vector<Segment> segments);

}  // namespace postroom::mime
