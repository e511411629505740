// Header fields written: folding (RFC 5322 section 2.2.3), encoded words (RFC 2047), parameters
// (RFC 2231).
#include "mime/header_writer.hpp"

#include <algorithm>
#include <optional>

#include "base/base64.hpp"
#include "base/domain_name.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/builder.hpp"
#include "mime/hex.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t line_width = 76;
constexpr std::size_t longest_word = 75;         // an encoded word, RFC 2047 section 2
constexpr std::size_t longest_plain_word = 500;  // what cannot be folded must stay below 998

// Ready for the wire and the same after folding: blanks at an end would be lost, and some readers
// make one of two where a line was folded.
bool is_plain(std::string_view text) {
  std::size_t word = 0, blanks = 0;
  for (char c : text) {
    if (c < ' ' || c > '~') return false;
    word = c == ' ' ? 0 : word + 1;
    blanks = c == ' ' ? blanks + 1 : 0;
    if (word > longest_plain_word || blanks > 1) return false;
  }
  return !text.contains("=?") && !text.starts_with(' ') && !text.ends_with(' ');
}

// The address with its domain as A-labels (RFC 5890), which every server takes; as it is where the
// domain is no valid one.
std::string ascii_domain(std::string_view address) {
  std::size_t sign = address.rfind('@');
  if (sign == std::string_view::npos || base::is_ascii(address.substr(sign)))
    return std::string(address);
  const auto made = base::to_a_labels(address.substr(sign + 1));
  return made ? std::string(address.substr(0, sign + 1)) + *made : std::string(address);
}

bool is_atom(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c);
}

std::string q_encoded(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool literal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   std::string_view("!*+-/").contains(c);
    if (literal) {
      out += c;
    } else if (c == ' ') {
      out += '_';
    } else {
      out += '=';
      out += hex_digits[static_cast<unsigned char>(c) >> 4];
      out += hex_digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace

namespace {

enum class WordEncoding { base64, q };

// Nothing when base64 would need padding before the last word: some readers join the digits of
// neighbours before they decode them.
std::optional<std::string> words_in(WordEncoding encoding, std::string_view utf8,
                                    std::size_t first_width) {
  bool base64 = encoding == WordEncoding::base64;
  std::string_view start = base64 ? "=?utf-8?B?" : "=?utf-8?Q?";
  std::string out;
  std::string piece;
  std::size_t width = std::clamp<std::size_t>(first_width, 30, longest_word);
  auto length = [&](std::string_view text) {
    std::size_t body = base64 ? (text.size() + 2) / 3 * 4 : q_encoded(text).size();
    return start.size() + body + 2;
  };
  std::size_t unpadded = 0;
  auto flush = [&](std::size_t cut) {
    if (!out.empty()) out += ' ';
    std::string text = piece.substr(0, cut);
    out += start;
    out += base64 ? base::to_base64(text) : q_encoded(text);
    out += "?=";
    piece.erase(0, cut);
    unpadded = 0;
    width = longest_word;
  };
  for (std::size_t at = 0; at < utf8.size();) {
    std::size_t n = base::next_code_point(utf8, at).length;
    while (!piece.empty() && length(piece + std::string(utf8.substr(at, n))) > width) {
      if (base64 && unpadded == 0) return std::nullopt;
      flush(base64 ? unpadded : piece.size());
    }
    piece += utf8.substr(at, n);
    if (piece.size() % 3 == 0) unpadded = piece.size();
    at += n;
  }
  if (!piece.empty()) flush(piece.size());
  return out;
}

}  // namespace

std::string encoded_words(std::string_view utf8, std::size_t first_width) {
  std::size_t above = static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
  std::optional<std::string> words;
  if (above * 3 > utf8.size()) words = words_in(WordEncoding::base64, utf8, first_width);
  return words ? *words : *words_in(WordEncoding::q, utf8, first_width);
}

std::string folded(std::string_view name, std::string_view value) {
  std::string out(name);
  out += ':';
  std::size_t column = out.size();
  std::size_t at = 0;
  while (at < value.size()) {
    // A word with the blanks before it; a fold goes before those blanks, so that unfolding gives
    // the same text.
    std::size_t word = value.find_first_not_of(' ', at);
    if (word == std::string_view::npos) break;
    std::size_t end = std::min(value.find(' ', word), value.size());
    std::string_view piece = value.substr(at, end - at);
    bool first = at == 0;
    std::size_t width = piece.size() + (first ? 1 : 0);
    if (column + width > line_width && !first) {
      out += "\r\n";
      column = 0;
    }
    if (first) out += ' ';
    out += piece;
    column += width;
    at = end;
  }
  out += "\r\n";
  return out;
}

std::string format_header(std::string_view name, std::string_view value) {
  if (is_plain(value)) return folded(name, value);
  std::size_t used = name.size() + 2;
  return folded(
      name, encoded_words(base::to_valid_utf8(value), used < line_width ? line_width - used : 0));
}

std::string format_address(const Address& address) {
  std::string mailbox = ascii_domain(address.address);
  if (address.name.empty()) return mailbox;
  std::string name;
  bool atoms = std::ranges::all_of(address.name, [](char c) { return is_atom(c) || c == ' '; });
  constexpr std::size_t longest_quoted = 60;
  if (!is_plain(address.name) || address.name.size() > longest_quoted) {
    name = encoded_words(base::to_valid_utf8(address.name), 0);
  } else if (atoms && base::trim(address.name).size() == address.name.size() &&
             !address.name.contains("  ")) {
    name = address.name;
  } else {
    name = "\"";
    for (char c : address.name) {
      if (c == '"' || c == '\\') name += '\\';
      name += c;
    }
    name += '"';
  }
  return name + " <" + mailbox + ">";
}

std::string format_file_param(std::string_view name, std::string_view value, bool extended) {
  if (is_plain(value)) {
    std::string out = ";\r\n " + std::string(name) + "=\"";
    for (char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }
  if (!extended) {
    std::string words = encoded_words(value, 0);
    std::string out = ";\r\n " + std::string(name) + "=\"";
    for (char c : words) {
      if (c == ' ') out += "\r\n";
      out += c;
    }
    return out + '"';
  }
  std::vector<std::string> pieces{"utf-8''"};
  constexpr std::size_t longest_piece = 55;
  for (char c : value) {
    bool literal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   std::string_view("-._~").contains(c);
    if (pieces.back().size() + 3 > longest_piece) pieces.emplace_back();
    if (literal) {
      pieces.back() += c;
    } else {
      pieces.back() += '%';
      pieces.back() += hex_digits[static_cast<unsigned char>(c) >> 4];
      pieces.back() += hex_digits[static_cast<unsigned char>(c) & 15];
    }
  }
  std::string out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    out += ";\r\n " + std::string(name) + "*";
    if (pieces.size() > 1) out += std::to_string(i) + "*";
    out += "=" + pieces[i];
  }
  return out;
}

}  // namespace postroom::mime
