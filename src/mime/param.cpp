// Parameters of structured fields: splitting them as found, and decoding one (RFC 2231, 2047, and
// neither).
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"
#include "mime/header_text.hpp"
#include "mime/hex.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t most_params = 200;
constexpr std::size_t most_continuations = 1000;

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// charset'language'text; the charset may be missing, the quotes too.
struct Extended {
  std::string charset;
  std::string_view text;
};

Extended split_extended(std::string_view value) {
  std::size_t first = value.find('\'');
  if (first == std::string_view::npos) return {{}, value};
  std::string charset(value.substr(0, first));
  bool known = !known_charset(charset).empty();
  std::size_t second = value.find('\'', first + 1);
  if (second == std::string_view::npos) {
    return known ? Extended{std::move(charset), value.substr(first + 1)} : Extended{{}, value};
  }
  // Somebody's apostrophes in a name that was never encoded.
  constexpr std::size_t longest_language = 35;  // RFC 5646 section 4.4.1
  bool language =
      second - first <= longest_language &&
      value.substr(first, second - first).find_first_of(" %.") == std::string_view::npos;
  bool empty = second == first + 1;
  bool foreign = !known && !charset.empty() && !value.contains('%');
  if (!empty && (!language || foreign)) return {{}, value};
  return {std::move(charset), value.substr(second + 1)};
}

// No control characters, those of U+0080..U+009F neither.
std::string one_line(std::string text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      ++i;
    } else if (c >= 0x20 && c != 0x7F) {
      out += text[i];
    }
  }
  return out;
}

// The value without a star: encoded words, raw bytes, or RFC 2231 by somebody who forgot the star.
// Apostrophes are no quotes, but some write name='a.pdf'. A boundary keeps them: it is taken as it
// stands.
std::string decode_plain(std::string_view value) {
  if (value.size() > 2 && value.starts_with('\'') && value.ends_with('\''))
    value = value.substr(1, value.size() - 2);
  if (value.contains("=?")) return decode_header(value);
  if (value.contains("''") && value.contains('%')) {
    Extended extended = split_extended(value);
    if (!known_charset(extended.charset).empty()) {
      return one_line(to_utf8(extended.charset, percent_decoded(extended.text)).text);
    }
  }
  // Percent escapes alone, if they make UTF-8 characters: "100%25.pdf" stays as it is.
  if (std::string bytes = percent_decoded(value);
      !base::is_ascii(bytes) && base::is_ascii(value) && base::is_valid_utf8(bytes)) {
    return one_line(std::move(bytes));
  }
  return one_line(to_utf8("", value).text);
}

std::string decode_extended(std::string_view value) {
  Extended extended = split_extended(value);
  return one_line(to_utf8(extended.charset, percent_decoded(extended.text)).text);
}

struct Section {
  std::string_view value;
  bool encoded = false;
};

// Sections are joined before the charset is undone: a character may be split over two.
std::string decode_sections(const std::map<unsigned, Section>& sections) {
  std::string bytes, charset;
  bool any_encoded = false;
  for (const auto& [number, section] : sections) {
    std::string_view value = section.value;
    bool first = number == sections.begin()->first;
    if (section.encoded && first) {
      Extended extended = split_extended(value);
      charset = extended.charset;
      value = extended.text;
    }
    any_encoded = any_encoded || section.encoded;
    bytes += section.encoded ? percent_decoded(value) : std::string(value);
  }
  if (!any_encoded || (charset.empty() && bytes.contains("=?"))) return decode_plain(bytes);
  return one_line(to_utf8(charset, bytes).text);
}

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : text_(text) {}

  ParsedField read() {
    ParsedField field;
    std::size_t end = std::min(text_.find(';'), text_.size());
    field.value = base::ascii_lower(first_word(text_.substr(0, end)));
    at_ = end;
    while (at_ < text_.size() && field.params.size() < most_params) {
      while (at_ < text_.size() && (is_white(text_[at_]) || text_[at_] == ';')) ++at_;
      std::size_t equals = text_.find_first_of("=;", at_);
      if (equals == std::string_view::npos) break;
      std::string_view name = base::trim(text_.substr(at_, equals - at_));
      at_ = equals + 1;
      if (text_[equals] == ';' || name.empty()) continue;
      std::string value = read_value();
      std::string key = base::ascii_lower(name);
      std::erase_if(key, is_white);  // "filename *="
      field.params.emplace_back(std::move(key), std::move(value));
    }
    return field;
  }

 private:
  static std::string_view first_word(std::string_view text) {
    text = base::trim(text.substr(0, text.find('(')));
    return base::trim(text.substr(0, text.find_first_of(" \t\r\n")));
  }

  std::string read_value() {
    while (at_ < text_.size() && is_white(text_[at_])) ++at_;
    return at_ < text_.size() && text_[at_] == '"' ? read_quoted() : read_bare();
  }

  std::string read_quoted() {
    std::string value;
    std::size_t start = ++at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && ends_value(at_ + 1)) break;
      // Only these two are escapes: "C:\dir\a.pdf" comes without doubled backslashes.
      bool escape = text_[at_] == '\\' && at_ + 1 < text_.size() &&
                    (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\');
      if (escape) ++at_;
      value += text_[at_];
    }
    if (at_ < text_.size()) {
      ++at_;
      return value;
    }
    // No end: it was at the next semicolon.
    at_ = std::min(text_.find(';', start), text_.size());
    return std::string(base::trim(text_.substr(start, at_ - start)));
  }

  // Whether a quotation mark before `at` ends the value: a semicolon, the end, a comment or the
  // next "word=" follows. Others belong to the name: "the "final" offer.pdf".
  bool ends_value(std::size_t at) const {
    constexpr std::size_t looked_at = 80;
    std::string_view rest = text_.substr(at, looked_at);
    std::size_t word = rest.find_first_not_of(" \t\r\n");
    if (word == std::string_view::npos) return true;
    rest.remove_prefix(word);
    if (rest.front() == ';' || rest.front() == ',' || (rest.front() == '(' && word > 0))
      return true;
    std::size_t stop = rest.find_first_of("= \t\r\n\";.()");
    return word > 0 && stop != std::string_view::npos && stop > 0 && rest[stop] == '=';
  }

  // Up to the semicolon; spaces belong to it, unless "word=" follows, which is a parameter whose
  // semicolon was lost.
  std::string read_bare() {
    std::size_t end = std::min(text_.find(';', at_), text_.size());
    std::string_view value = text_.substr(at_, end - at_);
    std::size_t word = 0;
    for (std::size_t space = value.find_first_of(" \t");
         space != std::string_view::npos && !value.starts_with("=?");
         space = value.find_first_of(" \t", word)) {
      word = value.find_first_not_of(" \t\r\n", space);  // behind the whole run of blanks
      if (word == std::string_view::npos) break;
      std::string_view next = value.substr(word);
      std::size_t equals = next.find_first_of("= \t\"");
      if (equals == std::string_view::npos || equals == 0 || next[equals] != '=') continue;
      end = at_ + space;
      value = value.substr(0, space);
      break;
    }
    at_ = end;
    return std::string(base::trim(value));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

ParsedField parse_field(std::string_view raw) {
  constexpr std::size_t longest_field =
      64 * 1024;  // a file name of 1,000 characters in RFC 2231 is 10 KiB
  return FieldReader(raw.substr(0, longest_field)).read();
}

std::string decode_param(const RawParams& params, std::string_view name) {
  const std::string* plain = nullptr;
  const std::string* extended = nullptr;
  std::map<unsigned, Section> sections;
  for (const auto& [key, value] : params) {
    if (key.size() < name.size() ||
        !base::ascii_iequals(std::string_view(key).substr(0, name.size()), name))
      continue;
    std::string_view tail = std::string_view(key).substr(name.size());
    if (tail.empty()) {
      if (plain == nullptr || plain->empty()) plain = &value;
    } else if (tail == "*") {
      if (extended == nullptr) extended = &value;
    } else if (tail.front() == '*') {
      tail.remove_prefix(1);
      bool encoded = tail.ends_with('*');
      if (encoded) tail.remove_suffix(1);
      auto number = base::to_number(tail);
      if (number && *number < most_continuations) {
        sections.emplace(static_cast<unsigned>(*number), Section{value, encoded});
      }
    }
  }
  std::string decoded;
  if (extended != nullptr) {
    decoded = extended->contains("=?") ? decode_header(*extended) : decode_extended(*extended);
  }
  if (decoded.empty() && !sections.empty()) decoded = decode_sections(sections);
  if (plain == nullptr) return decoded;
  // The fall-back for old readers, if the new form is broken.
  if (decoded.empty() || decoded.contains("\uFFFD")) {
    std::string fallback = decode_plain(*plain);
    if (decoded.empty() || !fallback.contains("\uFFFD")) return fallback;
  }
  return decoded;
}

}  // namespace postroom::mime
