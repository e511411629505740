#include "mime/html_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/single_byte.hpp"

namespace postroom::mime {
namespace {

constexpr auto entities = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},
    {"nbsp", " "},   {"copy", "©"},   {"reg", "®"},    {"trade", "™"},  {"euro", "€"},
    {"pound", "£"},  {"yen", "¥"},    {"cent", "¢"},   {"sect", "§"},   {"para", "¶"},
    {"deg", "°"},    {"plusmn", "±"}, {"micro", "µ"},  {"middot", "·"}, {"bull", "•"},
    {"hellip", "…"}, {"ndash", "–"},  {"mdash", "—"},  {"lsquo", "‘"},  {"rsquo", "’"},
    {"sbquo", "‚"},  {"ldquo", "“"},  {"rdquo", "”"},  {"bdquo", "„"},  {"laquo", "«"},
    {"raquo", "»"},  {"lsaquo", "‹"}, {"rsaquo", "›"}, {"times", "×"},  {"divide", "÷"},
    {"frac12", "½"}, {"frac14", "¼"}, {"ordf", "ª"},   {"ordm", "º"},   {"iexcl", "¡"},
    {"iquest", "¿"}, {"szlig", "ß"},  {"larr", "←"},   {"rarr", "→"},   {"zwnj", ""},
    {"zwj", ""},     {"shy", ""},     {"ensp", " "},   {"emsp", " "},   {"thinsp", " "},
    {"Agrave", "À"}, {"Aacute", "Á"}, {"Acirc", "Â"},  {"Atilde", "Ã"}, {"Auml", "Ä"},
    {"Aring", "Å"},  {"AElig", "Æ"},  {"Ccedil", "Ç"}, {"Egrave", "È"}, {"Eacute", "É"},
    {"Ecirc", "Ê"},  {"Euml", "Ë"},   {"Igrave", "Ì"}, {"Iacute", "Í"}, {"Icirc", "Î"},
    {"Iuml", "Ï"},   {"Ntilde", "Ñ"}, {"Ograve", "Ò"}, {"Oacute", "Ó"}, {"Ocirc", "Ô"},
    {"Otilde", "Õ"}, {"Ouml", "Ö"},   {"Oslash", "Ø"}, {"Ugrave", "Ù"}, {"Uacute", "Ú"},
    {"Ucirc", "Û"},  {"Uuml", "Ü"},   {"agrave", "à"}, {"aacute", "á"}, {"acirc", "â"},
    {"atilde", "ã"}, {"auml", "ä"},   {"aring", "å"},  {"aelig", "æ"},  {"ccedil", "ç"},
    {"egrave", "è"}, {"eacute", "é"}, {"ecirc", "ê"},  {"euml", "ë"},   {"igrave", "ì"},
    {"iacute", "í"}, {"icirc", "î"},  {"iuml", "ï"},   {"ntilde", "ñ"}, {"ograve", "ò"},
    {"oacute", "ó"}, {"ocirc", "ô"},  {"otilde", "õ"}, {"ouml", "ö"},   {"oslash", "ø"},
    {"ugrave", "ù"}, {"uacute", "ú"}, {"ucirc", "û"},  {"uuml", "ü"},   {"yuml", "ÿ"},
    {"OElig", "Œ"},  {"oelig", "œ"},  {"Scaron", "Š"}, {"scaron", "š"},
});

bool is_entity_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The old ones, which browsers read without the semicolon too.
bool is_known_without_semicolon(std::string_view name) {
  for (std::string_view newer :
       {"trade", "euro",  "bull",   "hellip", "ndash",  "mdash", "lsquo",  "rsquo", "sbquo",
        "ldquo", "rdquo", "bdquo",  "lsaquo", "rsaquo", "larr",  "rarr",   "zwnj",  "zwj",
        "ensp",  "emsp",  "thinsp", "apos",   "OElig",  "oelig", "Scaron", "scaron"}) {
    if (name == newer) return false;
  }
  return true;
}

enum class EntityPlace { text, attribute };

std::string_view find_entity(std::string_view name) {
  auto found =
      std::ranges::find(entities, name, &std::pair<std::string_view, std::string_view>::first);
  return found == entities.end() ? std::string_view{} : found->second;
}

bool has_entity(std::string_view name) {
  return std::ranges::find(entities, name, &std::pair<std::string_view, std::string_view>::first) !=
         entities.end();
}

void append_numeric(std::uint32_t value, std::string& out) {
  if (value >= 0x80 && value < 0xA0) {  // browsers read these as Windows-1252
    append_single_byte("CP1252", std::string(1, static_cast<char>(value)), out);
  } else if (value == 0xA0 || value == 9 || value == 10 || value == 13) {
    out += ' ';
  } else if (value >= 0x20 && value != 0x7F) {
    base::append_utf8(out, static_cast<char32_t>(value));
  }
}

// Appends the character of the entity at the front of `in` ('&'); bytes taken. The semicolon may be
// missing, but in an address "&copy=1" is a parameter.
std::size_t take_entity(std::string_view in, std::string& out, EntityPlace place) {
  constexpr std::size_t longest_entity = 12;
  std::string_view window = in.substr(0, longest_entity);
  std::size_t digits_at = window.starts_with("&#x") || window.starts_with("&#X") ? 3
                          : window.starts_with("&#")                             ? 2
                                                                                 : 0;
  if (digits_at > 0) {
    std::string_view digits = window.substr(digits_at);
    std::uint32_t value = 0;
    auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                         digits_at == 3 ? 16 : 10);
    if (error == std::errc{} && stop != digits.data()) {
      append_numeric(value, out);
      std::size_t used = digits_at + static_cast<std::size_t>(stop - digits.data());
      return used < in.size() && in[used] == ';' ? used + 1 : used;
    }
  } else {
    std::size_t end = 1;
    while (end < window.size() && is_entity_char(window[end])) ++end;
    std::string_view name = window.substr(1, end - 1);
    bool closed = end < in.size() && in[end] == ';';
    bool readable = closed || (place == EntityPlace::text && is_known_without_semicolon(name));
    if (!name.empty() && readable && has_entity(name)) {
      out += find_entity(name);
      return closed ? end + 1 : end;
    }
  }
  out += '&';
  return 1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '&') {
      i += take_entity(text.substr(i), out, EntityPlace::attribute);
    } else {
      out += text[i++];
    }
  }
  return out;
}

struct Tag {
  std::string name;  // lower case, with "/" when it closes
  std::string_view inside;
  std::size_t length = 0;
};

// The tag at the front ('<'); attribute values in quotes may hold '>'.
Tag read_tag(std::string_view in) {
  Tag tag;
  char quote = '\0';
  std::size_t end = 1;
  for (; end < in.size(); ++end) {
    char c = in[end];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if ((c == '"' || c == '\'') && in[end - 1] == '=') {
      quote = c;
    } else if (c == '>') {
      break;
    }
  }
  tag.inside = in.substr(1, end - 1);
  tag.length = std::min(end + 1, in.size());
  constexpr std::size_t longest_name = 20;
  std::string_view name = tag.inside.substr(0, longest_name);
  std::size_t stop = name.find_first_of(" \t\r\n/>", name.starts_with('/') ? 1 : 0);
  tag.name = base::ascii_lower(name.substr(0, stop));
  return tag;
}

std::string_view without_leading_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

std::string attribute(std::string_view inside, std::string_view name) {
  std::size_t at = inside.find_first_of(" \t\r\n\"'");
  while (at != std::string_view::npos) {
    at = inside.find_first_not_of(" \t\r\n\"'", at);
    if (at == std::string_view::npos) break;
    std::string_view rest = inside.substr(at);
    if (base::ascii_iequals(rest.substr(0, name.size()), name)) {
      rest = without_leading_blanks(rest.substr(name.size()));
      if (rest.starts_with('=')) {
        rest = without_leading_blanks(rest.substr(1));
        bool quoted = rest.starts_with('"') || rest.starts_with('\'');
        if (!quoted) return decoded(rest.substr(0, rest.find_first_of(" \t\r\n")));
        return decoded(rest.substr(1, rest.find(rest[0], 1) - 1));
      }
    }
    at = inside.find_first_of(" \t\r\n\"'", at);
  }
  return {};
}

class TextWriter {
 public:
  void add_text(std::string_view text) {
    for (char c : text) {
      bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      if (blank && preformatted_ == 0) {
        space_ = true;
      } else if (c == '\n') {
        put_pending();
        out_ += '\n';
        out_ += quote_marks(quotes_);
      } else if (c != '\r') {
        put_pending();
        out_ += c;
      }
    }
  }
  void end_lines(int lines) {
    lines_ = std::max(lines_, lines);
    space_ = false;
  }
  void break_line() {
    space_ = false;
    ++lines_;
  }
  void add_mark(std::string_view mark) {
    put_pending();
    out_ += mark;
    space_ = false;
  }
  // Blockquotes, as mail shows them in plain text.
  void quote(int by) { quotes_ = std::clamp(quotes_ + by, 0, deepest_quote); }
  void set_preformatted(int by) { preformatted_ = std::max(0, preformatted_ + by); }
  std::size_t size() const { return out_.size(); }
  std::string_view since(std::size_t at) const {
    return std::string_view(out_).substr(std::min(at, out_.size()));
  }
  std::string finish() && { return std::move(out_); }

 private:
  static constexpr int deepest_quote = 20;

  static std::string quote_marks(int depth) {
    std::string marks;
    for (int i = 0; i < depth; ++i) marks += "> ";
    return marks;
  }

  void put_pending() {
    constexpr int most_empty_lines = 2;
    int lines = std::min(lines_, most_empty_lines + 1);
    if (out_.empty()) {
      out_ += quote_marks(quotes_);
    } else if (lines > 0) {
      std::string between = quote_marks(std::min(quotes_, written_quotes_));
      if (!between.empty()) between.pop_back();
      for (int i = 0; i < lines; ++i) {
        out_ += '\n';
        if (i + 1 < lines) out_ += between;
      }
      out_ += quote_marks(quotes_);
    } else if (space_) {
      out_ += ' ';
    }
    written_quotes_ = quotes_;
    lines_ = 0;
    space_ = false;
  }

  std::string out_;
  int lines_ = 0;
  bool space_ = false;
  int preformatted_ = 0;
  int quotes_ = 0, written_quotes_ = 0;
};

// Which list an item stands in.
class ListDepth {
 public:
  void read(std::string_view tag) {
    if ((tag == "ul" || tag == "ol") && numbers_.size() < deepest) numbers_.push_back(tag == "ol");
    if ((tag == "/ul" || tag == "/ol") && !numbers_.empty()) numbers_.pop_back();
  }
  // "- ", or "2. " in a numbered list; indented in a list within a list.
  std::string mark() {
    if (numbers_.empty()) return "- ";
    std::string indent((numbers_.size() - 1) * 2, ' ');
    int& number = numbers_.back();
    return number == 0 ? indent + "- " : indent + std::to_string(number++) + ". ";
  }

 private:
  static constexpr std::size_t deepest = 10;  // lists left open must not push the text away
  std::vector<int> numbers_;                  // the next item's; 0 for bullets
};

int lines_around(std::string_view tag) {
  if (tag.starts_with('/')) tag.remove_prefix(1);
  for (std::string_view two :
       {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "dl"}) {
    if (tag == two) return 2;
  }
  for (std::string_view one :
       {"div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "center", "form",
        "address", "title", "body", "thead", "tbody", "caption", "fieldset", "figure"}) {
    if (tag == one) return 1;
  }
  return 0;
}

bool hides_content(std::string_view tag) {
  return tag == "script" || tag == "style" || tag == "head" || tag == "template" ||
         tag == "noscript";
}

}  // namespace

std::string html_to_text(std::string_view html) {
  TextWriter writer;
  ListDepth lists;
  std::string link;
  std::size_t link_start = 0;
  std::size_t at = 0;
  // Searching for an end that is not there would cost a pass for each start.
  bool comment_ends = true;
  std::string lower = base::ascii_lower(html);
  std::array<std::string_view, 5> missing{};
  std::size_t missing_count = 0;
  while (at < html.size()) {
    char c = html[at];
    if (c == '&') {
      std::string character;
      at += take_entity(html.substr(at), character, EntityPlace::text);
      writer.add_text(character);
      continue;
    }
    bool tag_like = c == '<' && at + 1 < html.size() &&
                    (html[at + 1] == '/' || html[at + 1] == '!' || html[at + 1] == '?' ||
                     (lower[at + 1] >= 'a' && lower[at + 1] <= 'z'));
    if (!tag_like) {
      std::size_t end = std::min(html.find_first_of("<&", at + 1), html.size());
      writer.add_text(html.substr(at, end - at));
      at = end;
      continue;
    }
    if (html.substr(at).starts_with("<!--")) {
      std::size_t end = comment_ends ? html.find("-->", at + 4) : std::string_view::npos;
      comment_ends = end != std::string_view::npos;
      at = comment_ends ? end + 3 : at + 4;
      continue;
    }
    Tag tag = read_tag(html.substr(at));
    at += tag.length;
    if (hides_content(tag.name)) {
      std::string closing = "</" + tag.name;
      bool known_missing = std::ranges::find(missing, std::string_view(tag.name)) != missing.end();
      std::size_t end = known_missing ? std::string::npos : lower.find(closing, at);
      if (end != std::string::npos) {
        at = end;
      } else if (!known_missing && missing_count < missing.size()) {
        for (std::string_view name : {"script", "style", "head", "template", "noscript"}) {
          if (tag.name == name) missing[missing_count++] = name;
        }
      }
    } else if (tag.name == "br") {
      writer.break_line();
    } else if (tag.name == "hr") {
      writer.end_lines(1);
      writer.add_mark("----");
      writer.end_lines(1);
    } else if (tag.name == "td" || tag.name == "th") {
      writer.add_text(" ");
    } else if (tag.name == "img") {
      writer.add_text(attribute(tag.inside, "alt"));
    } else if (tag.name == "a") {
      link = attribute(tag.inside, "href");
      link_start = writer.size();
    } else if (tag.name == "/a") {
      constexpr std::size_t longest_link = 2048;  // longer ones are tracking data, nothing to read
      bool outside =
          (link.starts_with("http:") || link.starts_with("https:")) && link.size() <= longest_link;
      if (outside && !writer.since(link_start).contains(link)) writer.add_text(" (" + link + ")");
      link.clear();
    } else if (int lines = lines_around(tag.name); lines > 0) {
      writer.end_lines(lines);
      if (tag.name == "blockquote") writer.quote(1);
      if (tag.name == "/blockquote") writer.quote(-1);
      lists.read(tag.name);
      if (tag.name == "li") writer.add_mark(lists.mark());
      if (tag.name == "pre") writer.set_preformatted(1);
      if (tag.name == "/pre") writer.set_preformatted(-1);
    }
  }
  return std::move(writer).finish();
}

std::string text_to_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "<br>\n";
        break;
      case '\r':
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace postroom::mime
