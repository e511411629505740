#include "mime/decoder.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mime/hex.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t buffer_bytes = 16 * 1024;
constexpr std::size_t longest_uu_line = 4096;      // real ones have 62 characters
constexpr std::size_t longest_base64_line = 4096;  // of what stands behind a padding, to judge it

// 0..63 a digit, 64 skipped, 65 padding. base64url's digits are taken too: some gateways write
// them.
constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(64);
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  digits['-'] = 62;
  digits['_'] = 63;
  digits['='] = 65;
  return digits;
}
constexpr auto digits = make_digits();

// The four digits of a group shifted into place; the top bit marks a character that is no digit, so
// that four loads and one test decode three bytes.
constexpr std::uint32_t no_digit = 0x80000000U;
constexpr std::array<std::uint32_t, 256> make_shifted(int shift) {
  std::array<std::uint32_t, 256> shifted{};
  for (std::size_t i = 0; i < 256; ++i) {
    shifted[i] = digits[i] < 64 ? static_cast<std::uint32_t>(digits[i]) << shift : no_digit;
  }
  return shifted;
}
constexpr auto first_digit = make_shifted(18);
constexpr auto second_digit = make_shifted(12);
constexpr auto third_digit = make_shifted(6);
constexpr auto fourth_digit = make_shifted(0);

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::uint64_t count_words(std::string_view bytes) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(bytes, [](char c) { return static_cast<unsigned char>(c) > ' '; }));
}

bool is_uu_digit(char c) { return c >= ' ' && c <= '`'; }

}  // namespace

Encoding parse_encoding(std::string_view label) noexcept {
  label = base::trim(label);
  while (!label.empty() && (label.front() == '"' || label.front() == '\'')) label.remove_prefix(1);
  label = label.substr(0, label.find_first_of("\"'; \t("));
  if (base::ascii_iequals(label, "base64")) return Encoding::base64;
  if (base::ascii_iequals(label, "quoted-printable")) return Encoding::quoted_printable;
  for (std::string_view name : {"x-uuencode", "uuencode", "x-uue", "uue", "x-uu"}) {
    if (base::ascii_iequals(label, name)) return Encoding::uuencode;
  }
  return Encoding::identity;
}

bool is_known_encoding(std::string_view label) noexcept {
  if (parse_encoding(label) != Encoding::identity) return true;
  for (std::string_view name : {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none"}) {
    if (base::ascii_iequals(label, name)) return true;
  }
  return false;
}

Encoding encoding_of(const Part& part) noexcept {
  if (part.is_multipart()) return Encoding::identity;
  const Encoding encoding = parse_encoding(part.encoding);
  return part.is_message() && encoding == Encoding::base64 ? Encoding::message_base64 : encoding;
}

bool is_plain(const Part& part) noexcept { return encoding_of(part) == Encoding::identity; }

void Decoder::write(std::string_view bytes) {
  switch (encoding_) {
    case Encoding::identity:
      sink_.write(bytes);
      break;
    case Encoding::base64:
      write_base64(bytes);
      break;
    case Encoding::quoted_printable:
      write_quoted_printable(bytes);
      break;
    case Encoding::uuencode:
      write_uuencode(bytes);
      break;
    case Encoding::message_base64:
      write_message(bytes);
      break;
  }
}

void Decoder::write_message(std::string_view bytes) {
  constexpr std::size_t enough = 256;
  pending_ += bytes;
  const std::size_t end = pending_.find('\n', pending_.find_first_not_of("\r\n \t"));
  if (end == std::string::npos && pending_.size() < enough) return;
  // No colon is in base64, and every header line has one.
  std::string_view first = std::string_view(pending_).substr(0, std::min(end, enough));
  encoding_ = first.contains(':') ? Encoding::identity : Encoding::base64;
  std::string begun = std::move(pending_);
  pending_.clear();
  write(begun);
}

// Up to a padding plain digits; behind it each line is looked at first.
void Decoder::write_base64(std::string_view bytes) {
  while (!bytes.empty() && !base64_ended_) {
    if (!after_padding_) {
      std::size_t padding = bytes.find('=');
      std::string_view run = bytes.substr(0, padding);
      write_digits(run);
      bytes.remove_prefix(run.size());
      if (bytes.empty()) return;
      bytes.remove_prefix(1);
      if (digits_ < 2) continue;  // noise, no padding
      write_digits("=");
      after_padding_ = true;
      continue;
    }
    std::string_view piece = bytes.substr(0, bytes.find('\n'));
    piece = piece.substr(0, longest_base64_line - pending_.size());
    pending_ += piece;
    bytes.remove_prefix(piece.size());
    const bool is_line_end = bytes.starts_with('\n');
    if (!is_line_end && pending_.size() < longest_base64_line) return;
    if (is_line_end) bytes.remove_prefix(1);
    judge_line();
  }
  if (base64_ended_) dropped_ += count_words(bytes);
}

void Decoder::judge_line() {
  std::string line = std::move(pending_);
  pending_.clear();
  std::string_view rest = base::trim(line);
  while (rest.starts_with('=')) rest.remove_prefix(1);
  if (rest.empty()) return;
  bool is_base64 = std::ranges::all_of(rest, [](char c) {
    return (digits[static_cast<unsigned char>(c)] < 64 && c != '-' && c != '_') || c == '=';
  });
  // Of a line as long as may be kept the rest follows: where it is cut says nothing.
  const bool is_cut = line.size() >= longest_base64_line;
  if (!is_base64 || (rest.size() % 4 != 0 && !is_cut)) {
    base64_ended_ = true;
    dropped_ += count_words(rest);
    return;
  }
  write_digits(rest);  // with its paddings
  after_padding_ = rest.ends_with('=');
}

void Decoder::write_digits(std::string_view bytes) {
  std::array<char, buffer_bytes> out;
  std::size_t used = 0;
  const auto* in = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* end = in + bytes.size();
  while (in < end) {
    if (used + 4 > out.size()) {
      sink_.write({out.data(), used});
      used = 0;
    }
    if (digits_ == 0) {
      while (end - in >= 4 && used + 3 <= out.size()) {
        std::uint32_t group =
            first_digit[in[0]] | second_digit[in[1]] | third_digit[in[2]] | fourth_digit[in[3]];
        if (group & no_digit) break;
        out[used] = static_cast<char>(group >> 16);
        out[used + 1] = static_cast<char>(group >> 8);
        out[used + 2] = static_cast<char>(group);
        used += 3;
        in += 4;
      }
      if (in == end || used + 4 > out.size()) continue;
    }
    std::uint8_t digit = digits[*in++];
    if (digit < 64) {
      group_ = group_ << 6 | digit;
      if (++digits_ == 4) {
        out[used++] = static_cast<char>(group_ >> 16);
        out[used++] = static_cast<char>(group_ >> 8);
        out[used++] = static_cast<char>(group_);
        group_ = 0;
        digits_ = 0;
      }
    } else if (digit == 65) {
      if (digits_ >= 2) out[used++] = static_cast<char>(group_ >> (digits_ == 2 ? 4 : 10));
      if (digits_ == 3) out[used++] = static_cast<char>(group_ >> 2);
      group_ = 0;
      digits_ = 0;
    }
  }
  if (used > 0) sink_.write({out.data(), used});
}

// pending_ holds an escape cut short by the end of a chunk, or white space that counts only if the
// line goes on.
void Decoder::write_quoted_printable(std::string_view bytes) {
  constexpr std::size_t longest_blank =
      1024;  // more than that before a line end is kept as it stands
  std::string joined;
  if (!pending_.empty()) {
    joined = pending_ + std::string(bytes);
    pending_.clear();
    bytes = joined;
  }
  std::string out;
  out.reserve(std::min(bytes.size(), buffer_bytes) + 4);
  std::size_t i = 0;
  while (i < bytes.size()) {
    if (out.size() >= buffer_bytes) {
      sink_.write(out);
      out.clear();
    }
    char c = bytes[i];
    if (c == '=') {
      std::size_t left = bytes.size() - i;
      if (left >= 3 && hex_digit(bytes[i + 1]) >= 0 && hex_digit(bytes[i + 2]) >= 0) {
        out += static_cast<char>(hex_digit(bytes[i + 1]) * 16 + hex_digit(bytes[i + 2]));
        i += 3;
        continue;
      }
      // A soft line break, perhaps with white space before its end.
      std::size_t after = i + 1;
      while (after < bytes.size() && is_blank(bytes[after])) ++after;
      std::size_t line_end = after;
      const bool is_return = line_end < bytes.size() && bytes[line_end] == '\r';
      if (is_return) ++line_end;
      const bool is_feed = line_end < bytes.size() && bytes[line_end] == '\n';
      if (is_feed || (is_return && line_end < bytes.size())) {
        i = is_feed ? line_end + 1 : line_end;
        continue;
      }
      bool hex_cut = left == 2 && hex_digit(bytes[i + 1]) >= 0;
      if ((line_end >= bytes.size() || hex_cut) && left <= longest_blank) break;  // wait for more
      out += c;
      ++i;
    } else if (is_blank(c)) {
      std::size_t after = i;
      while (after < bytes.size() && is_blank(bytes[after])) ++after;
      std::size_t look = after < bytes.size() && bytes[after] == '\r' ? after + 1 : after;
      bool long_run = after - i > longest_blank;
      if (look >= bytes.size() && !long_run) break;  // wait for more
      bool line_end = look < bytes.size() && bytes[look] == '\n';
      if (!line_end || long_run) out += bytes.substr(i, after - i);
      i = after;
    } else {
      std::size_t end = std::min(bytes.find_first_of("= \t", i), bytes.size());
      out += bytes.substr(i, end - i);
      i = end;
    }
  }
  pending_ = bytes.substr(i);
  if (!out.empty()) sink_.write(out);
}

void Decoder::write_uuencode(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t end = bytes.find('\n');
    std::string_view piece = bytes.substr(0, end);
    if (!uu_skip_) pending_ += piece.substr(0, longest_uu_line);
    if (pending_.size() > longest_uu_line) {  // no such line: not data
      uu_skip_ = true;
      if (!uu_begun_) dropped_ += count_words(pending_);
      pending_.clear();
    }
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    if (!uu_skip_) decode_uu_line(pending_);
    uu_skip_ = false;
    pending_.clear();
  }
}

// A line of data says how many bytes it holds, and has about as many digits. Trailing spaces, which
// are zeros, get lost on the way; some programs add a checksum digit.
bool is_uu_line(std::string_view line) noexcept {
  if (line.empty() || !is_uu_digit(line.front())) return false;
  const std::size_t bytes = (static_cast<unsigned char>(line.front()) - 32U) & 63U;
  if (bytes == 0) return false;
  const std::size_t digits = (bytes + 2) / 3 * 4;
  const std::size_t fewest = (bytes * 4 + 2) / 3;
  std::string_view rest = line.substr(1);
  if (rest.size() > digits + 2 || !std::ranges::all_of(rest, is_uu_digit)) return false;
  return rest.size() + 1 >= fewest || (line.front() == 'M' && rest.size() + 8 >= digits);
}

void append_uu_line(std::string_view line, std::string& out) {
  auto value = [&](std::size_t at) -> std::uint32_t {
    return at < line.size() ? (static_cast<unsigned char>(line[at]) - 32U) & 63U : 0U;
  };
  const std::size_t length = value(0);
  const std::size_t target = out.size() + length;
  for (std::size_t at = 1; out.size() < target; at += 4) {
    const std::uint32_t group =
        value(at) << 18 | value(at + 1) << 12 | value(at + 2) << 6 | value(at + 3);
    out += static_cast<char>(group >> 16);
    out += static_cast<char>(group >> 8);
    out += static_cast<char>(group);
  }
  out.resize(target);
}

void Decoder::decode_uu_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (uu_ended_) return;
  if (!uu_begun_) {
    uu_begun_ = line.starts_with("begin ");
    if (uu_begun_) {
      dropped_ = 0;  // words before it
      return;
    }
    // The opening line was lost: full lines of data are hardly words.
    uu_begun_ = line.size() >= 61 && line.front() == 'M' && is_uu_line(line);
    if (!uu_begun_) {
      dropped_ += count_words(line);
      return;
    }
  }
  if (line == "end") {
    uu_ended_ = true;
    return;
  }
  if (line.empty()) return;
  std::string out;
  append_uu_line(line, out);
  if (!out.empty()) sink_.write(out);
}

void Decoder::finish() {
  if (encoding_ == Encoding::message_base64) {
    std::string begun = std::move(pending_);
    pending_.clear();
    encoding_ = begun.contains(':') ? Encoding::identity : Encoding::base64;
    write(begun);
  }
  if (encoding_ == Encoding::base64 && after_padding_ && !pending_.empty()) judge_line();
  if (encoding_ == Encoding::base64 && digits_ >= 2) {
    std::string out(1, static_cast<char>(group_ >> (digits_ == 2 ? 4 : 10)));
    if (digits_ == 3) out += static_cast<char>(group_ >> 2);
    sink_.write(out);
  } else if (encoding_ == Encoding::quoted_printable && !pending_.empty()) {
    // A soft break or white space at the very end is nothing; a broken escape stays as it is.
    std::string_view rest = pending_;
    if (rest.front() == '=') {
      bool soft = base::trim(rest.substr(1)).empty();
      if (!soft) sink_.write(rest);
    } else if (rest.ends_with('\r')) {
      sink_.write("\r");
    }
  } else if (encoding_ == Encoding::uuencode && !pending_.empty()) {
    decode_uu_line(pending_);
  }
  pending_.clear();
  group_ = 0;
  digits_ = 0;
}

std::string decode_bytes(std::string_view encoding, std::string_view bytes) {
  base::StringSink sink;
  Decoder decoder(encoding, sink);
  decoder.write(bytes);
  decoder.finish();
  return std::move(sink.text);
}

}  // namespace postroom::mime
