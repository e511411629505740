// Decoder: a content transfer encoding undone as it streams by (base64, quoted-printable, uuencode;
// 7bit, 8bit and binary pass). Constant memory. Takes garbage: bytes outside the alphabet are
// skipped, a broken escape stays as it is. Words behind base64's padding (the footer of a mailing
// list) end it; a further stretch of base64 goes on.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/byte_stream.hpp"

namespace postroom::mime {

enum class Encoding {
  identity,
  base64,
  quoted_printable,
  uuencode,
  message_base64,  // base64, unless the first line is a header: attached messages are often
                   // mislabelled
};

// "Base64", "quoted-printable", "x-uuencode"...; an unknown one is identity.
Encoding parse_encoding(std::string_view label) noexcept;

struct Part;

// What undoes `part`'s encoding. RFC 2046 section 5.2.1 forbids one on attached messages; some
// programs write it and mean it, others do not.
Encoding encoding_of(const Part& part) noexcept;
// Whether its bytes stand in the message as they are.
bool is_plain(const Part& part) noexcept;
// Whether the label is one that parse_encoding knows, or none.
bool is_known_encoding(std::string_view label) noexcept;

class Decoder final : public base::ByteSink {
 public:
  // `sink` outlives this.
  Decoder(Encoding encoding, base::ByteSink& sink) : encoding_(encoding), sink_(sink) {}
  Decoder(std::string_view encoding, base::ByteSink& sink)
      : Decoder(parse_encoding(encoding), sink) {}

  void write(std::string_view bytes) override;
  // Writes what is pending. Call it once, after the last write: a truncated ending is lost without
  // it.
  void finish();

  // Bytes left out so far that were in another form than the encoding's: behind base64's padding
  // (mostly the footer of a mailing list), or all of a uuencoded part that never begins.
  std::uint64_t dropped() const noexcept { return dropped_; }

 private:
  void write_base64(std::string_view bytes);
  void write_digits(std::string_view bytes);
  void judge_line();
  void write_message(std::string_view bytes);
  void write_quoted_printable(std::string_view bytes);
  void write_uuencode(std::string_view bytes);
  void decode_uu_line(std::string_view line);

  Encoding encoding_;
  base::ByteSink& sink_;
  std::uint32_t group_ = 0;  // base64: bits so far
  int digits_ = 0;           // base64: digits in group_
  std::string pending_;  // quoted-printable: an unfinished escape or trailing space; uuencode: an
                         // unfinished line; base64: the line behind a padding
  std::uint64_t dropped_ = 0;
  bool after_padding_ = false, base64_ended_ = false;
  bool uu_begun_ = false, uu_ended_ = false, uu_skip_ = false;
};

// One line of uuencoded data, which has the length it states: trailing spaces, which are zeros, get
// lost on the way. Takes any line; a longer one is cut.
void append_uu_line(std::string_view line, std::string& out);
// Whether a line says how many bytes it holds and has about as many digits.
bool is_uu_line(std::string_view line) noexcept;

// All at once.
std::string decode_bytes(std::string_view encoding, std::string_view bytes);

}  // namespace postroom::mime
