#include "mime/charset.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/charset_converter.hpp"
#include "mime/charset_guess.hpp"
#include "mime/single_byte.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t longest_shown_label = 64;

bool is_multi_byte(std::string_view name) {
  for (std::string_view prefix :
       {"UTF", "UCS", "GB", "BIG5", "CP949", "CP932", "EUC", "ISO-2022", "JOHAB", "HZ"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

// Seven-bit charsets in which ASCII bytes mean something else.
bool hides_in_ascii(std::string_view name) {
  return name.starts_with("ISO-2022") || name == "HZ" || name == "UTF-7";
}

std::string without_mark(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

// A byte order mark. Two bytes FF FE before a NUL pair could be UTF-16 too, but no text begins with
// NUL.
std::string_view marked_charset(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xFF\xFE\0\0"sv)) return "UTF-32LE";
  if (bytes.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32BE";
  if (bytes.starts_with("\xFF\xFE"sv)) return "UTF-16LE";
  if (bytes.starts_with("\xFE\xFF"sv)) return "UTF-16BE";
  return {};
}

// Wide text without a byte order mark: any script has more zero bytes on its high side.
std::string wide_order(std::string_view bytes, std::size_t unit) {
  std::string family = unit == 4 ? "UTF-32" : "UTF-16";
  std::string_view marked = marked_charset(bytes);
  if (marked.starts_with(family)) return std::string(marked);
  constexpr std::size_t looked_at = 2048;
  std::size_t first = 0, last = 0, first_chinese = 0, last_chinese = 0;
  auto is_chinese = [](char c) {
    return static_cast<unsigned char>(c) >= 0x4E && static_cast<unsigned char>(c) <= 0x9F;
  };
  for (std::size_t at = 0; at + unit <= std::min(bytes.size(), looked_at); at += unit) {
    if (bytes[at] == '\0') ++first;
    if (bytes[at + unit - 1] == '\0') ++last;
    if (is_chinese(bytes[at])) ++first_chinese;
    if (is_chinese(bytes[at + unit - 1])) ++last_chinese;
  }
  // No zero at all: Chinese, whose high bytes are from 4E to 9F.
  if (first == 0 && last == 0 && unit == 2)
    return family + (first_chinese > last_chinese ? "BE" : "LE");
  return family + (first > last ? "BE" : "LE");
}

// Chinese in UTF-16 may be ASCII in each of its bytes: one of two is from 4E to 7E then, the other
// anything, where words have letters and no control characters.
bool is_chinese_in_ascii(std::string_view bytes) {
  if (bytes.size() % 2 != 0 || !base::is_ascii(bytes)) return false;
  std::array<bool, 2> is_high = {true, true};
  std::array<std::size_t, 2> letters = {0, 0};
  bool has_control = false;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == ' ' || c == '.';
    if (is_letter) ++letters[at % 2];
    if (c < 0x4E || c > 0x7E) is_high[at % 2] = false;
    has_control = has_control || c == 0x7F || (c < '\x07') || (c >= '\x0E' && c < '\x1A');
  }
  if (has_control && (letters[0] + letters[1]) * 8 <= bytes.size() * 7) return true;
  const std::size_t half = bytes.size() / 4;
  return (is_high[0] && letters[1] <= half) || (is_high[1] && letters[0] <= half);
}

// Bytes labelled UTF-16 that somebody had already made ASCII or UTF-8: no text of that length has
// neither a NUL nor a mark, unless it is East Asian, which is not valid UTF-8.
bool is_wide_in_name_only(std::string_view bytes) {
  if (bytes.size() < 2 || bytes.contains('\0') || !marked_charset(bytes).empty() ||
      !base::is_valid_utf8(bytes))
    return false;
  return !is_chinese_in_ascii(bytes);
}

// Valid characters above ASCII.
std::size_t count_sequences(std::string_view bytes) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    base::Utf8Step step = base::next_code_point(bytes, at);
    if (step.valid && step.length > 1) ++count;
    at += step.length;
  }
  return count;
}

// RFC 1843: ~{ begins GB 2312 in seven bits, ~} ends it, ~~ is a tilde, ~ at a line's end nothing.
std::string eight_bit_of_hz(std::string_view bytes) {
  std::string out;
  bool chinese = false;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    char next = at + 1 < bytes.size() ? bytes[at + 1] : '\0';
    if (bytes[at] == '~' && (next == '{' || next == '}' || next == '~' || next == '\n')) {
      if (next == '{' || next == '}') chinese = next == '{';
      if (next == '~') out += '~';
      ++at;
    } else if (bytes[at] == '\n') {
      chinese = false;  // section 2: text mode at every line's end
      out += '\n';
    } else {
      bool shifted = chinese && bytes[at] > ' ' && static_cast<unsigned char>(bytes[at]) < 0x7F;
      out += shifted ? static_cast<char>(bytes[at] | 0x80) : bytes[at];
    }
  }
  return out;
}

// Code page 936 has the euro sign at 80, where GB 18030 has nothing.
std::string with_euro_of_gbk(std::string_view bytes) {
  std::string out;
  bool trail = false;
  for (char c : bytes) {
    bool euro = c == '\x80' && !trail;
    trail = !trail && static_cast<unsigned char>(c) > 0x80;
    if (euro) {
      out += "\xA2\xE3";
    } else {
      out += c;
    }
  }
  return out;
}

// Code page 51932, which programs mean by EUC-JP, has NEC's and IBM's characters (rows 89 to 92,
// many names are written with them) where the C library's converter has none. They are in code page
// 932: the same characters in other bytes. Nothing for text with the three-byte characters that are
// not there.
std::optional<std::string> shift_jis_of_euc(std::string_view bytes) {
  auto is_euc = [&](std::size_t at) {
    return at < bytes.size() && static_cast<unsigned char>(bytes[at]) >= 0xA1 &&
           static_cast<unsigned char>(bytes[at]) <= 0xFE;
  };
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto c = static_cast<unsigned char>(bytes[at]);
    if (c == 0x8F) return std::nullopt;
    if (c < 0x80) {
      out += bytes[at];
    } else if (c == 0x8E && is_euc(at + 1) && static_cast<unsigned char>(bytes[at + 1]) <= 0xDF) {
      out += bytes[++at];
    } else if (is_euc(at) && is_euc(at + 1)) {
      unsigned row = c - 0xA0U;
      unsigned cell = static_cast<unsigned char>(bytes[++at]) - 0xA0U;
      unsigned trail = row % 2 == 0 ? cell + 0x9E : cell + (cell < 64 ? 0x3F : 0x40);
      out += static_cast<char>((row - 1) / 2 + (row < 63 ? 0x81 : 0xC1));
      out += static_cast<char>(trail);
    } else {
      out += '\xFF';  // stands for nothing there either
    }
  }
  return out;
}

// Code page 950's list comma, which the Hong Kong table takes for the half-width Japanese one.
void mend_big5(std::string& text) {
  constexpr std::string_view half_width = "\uFF64", list_comma = "\uFE51";
  for (std::size_t at = text.find(half_width); at != std::string::npos;
       at = text.find(half_width, at)) {
    text.replace(at, half_width.size(), list_comma);
  }
}

Converted run(const std::string& name, std::string_view bytes) {
  Converted result;
  std::string_view replaced = "some bytes are not ";
  if (is_single_byte(name)) {
    if (!append_single_byte(name, bytes, result.text))
      result.warning = std::string(replaced) + name + " and were replaced";
    return result;
  }
  if (name == "EUC-JP-MS") {
    if (auto other = shift_jis_of_euc(bytes)) return run("CP932", *other);
  }
  if (name == "HZ") return run("GB18030", eight_bit_of_hz(bytes));
  Converter* converter = find_converter(name);
  if (converter == nullptr) {
    result.text = base::to_valid_utf8(bytes);
    result.warning = "no converter for the charset " + name;
    return result;
  }
  std::string mended;
  if (name == "GB18030" && bytes.contains('\x80')) {
    mended = with_euro_of_gbk(bytes);
    bytes = mended;
  }
  result.text.reserve(bytes.size() + bytes.size() / 4);
  std::size_t unit = name.starts_with("UTF-16") ? 2 : name.starts_with("UTF-32") ? 4 : 1;
  if (!converter->convert(bytes, unit, result.text)) {
    result.warning = std::string(replaced) + name + " and were replaced";
  }
  result.text = without_mark(std::move(result.text));
  if (name == "BIG5-HKSCS") mend_big5(result.text);
  if (!base::is_valid_utf8(result.text)) result.text = base::to_valid_utf8(result.text);
  return result;
}

Converted read_unlabelled(std::string_view bytes, std::string_view hint) {
  if (auto marked = marked_charset(bytes); !marked.empty()) return run(std::string(marked), bytes);
  bool escapes = bytes.contains("\x1B$") || bytes.contains("\x1B(");
  if (base::is_ascii(bytes))
    return escapes ? run("ISO-2022-JP-2", bytes) : Converted{std::string(bytes), {}};
  if (base::is_valid_utf8(bytes)) return {without_mark(std::string(bytes)), {}};
  if (escapes) return run("ISO-2022-JP-2", bytes);
  std::string name = known_charset(hint);
  // What could be read so far is not UTF-16, and it is not UTF-8.
  if (!name.empty() && !name.starts_with("UTF")) return run(name, bytes);
  std::string_view guessed = guess_charset(bytes);
  return run(guessed.empty() ? "CP1252" : std::string(guessed), bytes);
}

}  // namespace

Converted to_utf8(std::string_view label, std::string_view bytes, std::string_view hint) {
  std::string name = known_charset(label);
  if (name.empty()) {
    Converted result = read_unlabelled(bytes, hint);
    if (!base::trim(label).empty()) {
      result.warning =
          "unknown charset \"" + base::printable(label.substr(0, longest_shown_label)) + "\"";
    } else if (!base::is_ascii(bytes) && result.warning.empty() && known_charset(hint).empty()) {
      result.warning = "no charset is given";
    }
    return result;
  }
  if (name == "UTF-8") {
    if (base::is_valid_utf8(bytes)) return {without_mark(std::string(bytes)), {}};
    Converted result = count_sequences(bytes) > 0
                           ? Converted{without_mark(base::to_valid_utf8(bytes)), {}}
                           : read_unlabelled(bytes, hint);
    result.warning = "some bytes are not UTF-8 although it is labelled so";
    return result;
  }
  bool wide = name.starts_with("UTF-16") || name.starts_with("UTF-32");
  if (wide && is_wide_in_name_only(bytes))
    return {without_mark(std::string(bytes)),
            fmt::format("the text is {} although it is labelled {}",
                        base::is_ascii(bytes) ? "ASCII" : "UTF-8", name)};
  if (name == "UTF-16") name = wide_order(bytes, 2);
  if (name == "UTF-32") name = wide_order(bytes, 4);
  if (is_single_byte(name) && base::is_ascii(bytes)) {
    if (!bytes.contains("\x1B$")) return {std::string(bytes), {}};
    Converted japanese = run("ISO-2022-JP-2", bytes);
    japanese.warning = "the text is ISO-2022-JP although it is labelled " + name;
    return japanese;
  }
  // Bytes that make UTF-8 are hardly ever valid by chance in one-byte text; two Chinese characters
  // may be.
  constexpr std::size_t convincing = 6;
  std::size_t needed = is_multi_byte(name) ? convincing : 1;
  bool could_be_utf8 = !wide && !hides_in_ascii(name);
  if (could_be_utf8 && base::is_valid_utf8(bytes) && count_sequences(bytes) >= needed) {
    return {without_mark(std::string(bytes)), "the text is UTF-8 although it is labelled " + name};
  }
  return run(name, bytes);
}

}  // namespace postroom::mime
