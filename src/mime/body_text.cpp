// A body's bytes as text: charset, line ends, format=flowed.
#include <algorithm>

#include "base/text.hpp"
#include "mime/charset.hpp"
#include "mime/message.hpp"

namespace postroom::mime {
namespace {

// <meta charset=...> or <meta http-equiv content="text/html; charset=...">, within the first part
// of the page.
std::string meta_charset(std::string_view html) {
  constexpr std::size_t looked_at = 4096;
  std::string head = base::ascii_lower(html.substr(0, looked_at));
  for (std::size_t at = head.find("charset="); at != std::string::npos;
       at = head.find("charset=", at + 8)) {
    std::size_t start = std::min(head.find_first_not_of("\"' ", at + 8), head.size());
    std::size_t end = std::min(head.find_first_of("\"' />;", start), head.size());
    std::string label = head.substr(start, end - start);
    // A page that could be read so far is not UTF-16, whatever it says.
    if (!known_charset(label).empty() && !label.starts_with("utf-16")) return label;
  }
  return {};
}

std::string with_line_feeds(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') {
      out += '\n';
      if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
    } else if (text[i] != '\0') {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::string unfold_flowed(std::string_view text, bool delete_space) {
  std::string out;
  out.reserve(text.size());
  std::size_t last_depth = 0;
  bool soft = false;  // the line before may go on
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t depth = std::min(line.find_first_not_of('>'), line.size());
    std::string_view words = line.substr(depth);
    if (words.starts_with(' ')) words.remove_prefix(1);
    bool signature = words == "-- ";
    bool joins = soft && depth == last_depth && !signature;
    if (!joins) {
      if (soft) out += '\n';
      out.append(depth, '>');
      if (depth > 0 && !words.empty()) out += ' ';
    }
    soft = !signature && words.ends_with(' ');
    if (soft && delete_space) words.remove_suffix(1);
    out += words;
    if (!soft) out += '\n';
    last_depth = depth;
  }
  return out;
}

BodyText read_body_text(const Part& part, std::string_view bytes) {
  bool html = part.subtype == "html";
  std::string hint = html ? meta_charset(bytes) : std::string();
  Converted converted = to_utf8(part.charset, bytes, hint);
  BodyText body{with_line_feeds(converted.text), std::move(converted.warning)};
  if (part.flowed && !html) body.text = unfold_flowed(body.text, part.delsp);
  return body;
}

}  // namespace postroom::mime
