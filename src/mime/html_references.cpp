#include "mime/html_references.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mime/hex.hpp"

namespace postroom::mime {
namespace {

// "&#64;" and "&#x40;" of ASCII: the character and how long it was written; 0 when it is none.
std::size_t read_reference(std::string_view text, char& into) {
  std::size_t at = 2;
  if (!text.starts_with("&#")) return 0;
  const bool is_hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  if (is_hex) ++at;
  int value = 0;
  std::size_t digits = 0;
  for (; at < text.size() && digits < 6; ++at, ++digits) {
    const int digit = hex_digit(text[at]);
    if (digit < 0 || (!is_hex && digit > 9)) break;
    value = value * (is_hex ? 16 : 10) + digit;
  }
  if (digits == 0 || value < 0x20 || value > 0x7E || at >= text.size() || text[at] != ';') return 0;
  into = static_cast<char>(value);
  return at + 1;
}

// HTML as references are looked for.
std::string comparable_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      c = static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else if (text.substr(i, 5) == "&amp;") {
      i += 4;
    } else if (c == '&') {
      if (std::size_t length = read_reference(text.substr(i, 12), c)) i += length - 1;
    }
    out += c;
  }
  return base::ascii_lower(out);
}

}  // namespace

HtmlReferences::HtmlReferences(std::string_view html) : html_(comparable_html(html)) {
  for (std::size_t at = html_.find("cid:"); at != std::string::npos;
       at = html_.find("cid:", at + 4)) {
    std::size_t end = std::min(html_.find_first_of("\"'<>() \t\r\n\\", at + 4), html_.size());
    ids_.push_back(std::string_view(html_).substr(at + 4, end - at - 4));
  }
  std::ranges::sort(ids_);
}

bool HtmlReferences::has_id(std::string_view content_id) const {
  if (content_id.empty()) return false;
  std::string id = comparable_html(content_id);
  return std::ranges::binary_search(ids_, std::string_view(id));
}

bool HtmlReferences::name(const Part& part) const {
  if (has_id(part.content_id)) return true;
  return !part.content_location.empty() && names_location(comparable_html(part.content_location));
}

// As a whole attribute value: a location "a" is not meant by every "a".
bool HtmlReferences::names_location(std::string_view location) const {
  if (!has_values_) collect_values();
  return std::ranges::binary_search(values_, location);
}

// What stands between two quotation marks of a kind, and each word with blanks, brackets or
// quotation marks around it, also without the "src=" before it.
void HtmlReferences::collect_values() const {
  constexpr std::size_t most_values = 500'000;  // 8 MB; pages have some thousands
  constexpr std::size_t longest_value = 2'000;  // a longer one is data, no location
  const std::string_view html = html_;
  has_values_ = true;
  auto add = [&](std::string_view value) {
    if (!value.empty() && value.size() <= longest_value && values_.size() < most_values)
      values_.push_back(value);
  };
  for (char mark : {'"', '\''}) {
    for (std::size_t at = html.find(mark); at != std::string_view::npos;) {
      const std::size_t end = html.find(mark, at + 1);
      if (end == std::string_view::npos) break;
      add(html.substr(at + 1, end - at - 1));
      at = end;
    }
  }
  constexpr std::string_view around = "\"'()<> \t\r\n";
  for (std::size_t at = html.find_first_not_of(around); at != std::string_view::npos;) {
    const std::size_t end = std::min(html.find_first_of(around, at), html.size());
    std::string_view word = html.substr(at, end - at);
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) add(word.substr(equals + 1));
    add(word);
    at = html.find_first_not_of(around, end);
  }
  std::ranges::sort(values_);
}

}  // namespace postroom::mime
