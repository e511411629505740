#include "mime/header_text.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"
#include "mime/decoder.hpp"
#include "mime/hex.hpp"

namespace postroom::mime {
namespace {

struct EncodedWord {
  std::string_view charset;  // without RFC 2231's language
  char encoding = 'q';
  std::string_view text;
  std::size_t length = 0;  // bytes in the field
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Where "?=" ends a word's text. Some senders leave "?" as it is, also before an escape: "why?=3D".
std::size_t find_word_end(std::string_view text, char encoding) {
  std::size_t end = text.find("?=");
  // None lies between one end and the next.
  const std::size_t blank =
      encoding == 'q' && end != std::string_view::npos ? text.find_first_of(" \t\r\n", end) : end;
  while (encoding == 'q' && end != std::string_view::npos && end + 3 < text.size() &&
         hex_digit(text[end + 2]) >= 0 && hex_digit(text[end + 3]) >= 0) {
    std::size_t later = text.find("?=", end + 2);
    if (later == std::string_view::npos || later > blank) break;
    end = later;
  }
  return end;
}

// An encoded word at the start of `in`. Nothing when there is none, even a broken one.
std::optional<EncodedWord> read_word(std::string_view in) {
  constexpr std::size_t longest_charset = 64;
  if (!in.starts_with("=?")) return std::nullopt;
  std::size_t end_charset = in.substr(0, longest_charset + 1).find('?', 2);
  if (end_charset == std::string_view::npos || end_charset > longest_charset) return std::nullopt;
  EncodedWord word;
  word.charset = in.substr(2, end_charset - 2);
  if (std::ranges::any_of(word.charset, is_space)) return std::nullopt;
  word.charset = word.charset.substr(0, word.charset.find('*'));
  std::string_view rest = in.substr(end_charset + 1);
  if (rest.size() < 2 || rest[1] != '?') return std::nullopt;
  word.encoding = base::ascii_lower(rest.substr(0, 1))[0];
  if (word.encoding != 'q' && word.encoding != 'b') return std::nullopt;
  rest.remove_prefix(2);
  // A word must end before the next begins, or its search would cost a pass each time. "=?=" is the
  // end after a "=".
  std::size_t next = rest.find("=?");
  if (next != std::string_view::npos && next + 2 < rest.size() && rest[next + 2] == '=')
    next = rest.find("=?", next + 2);
  std::size_t end = find_word_end(rest.substr(0, next), word.encoding);
  bool complete = end != std::string_view::npos;
  if (!complete) {
    // No end of its own: up to white space.
    std::string_view until_next = rest.substr(0, next);
    end = std::min(until_next.find_first_of(" \t\r\n"), until_next.size());
  }
  word.text = rest.substr(0, end);
  while (!complete && !word.text.empty() && word.text.back() == '?') word.text.remove_suffix(1);
  word.length = static_cast<std::size_t>(rest.data() - in.data()) + end + (complete ? 2 : 0);
  return word;
}

std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] == '=' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
               hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// Adjacent words of one charset, collected so that a character split over two of them comes out
// whole.
class Run {
 public:
  explicit Run(std::string_view hint) : hint_(hint) {}
  bool empty() const { return empty_; }
  bool joins(const EncodedWord& word) const { return base::ascii_iequals(word.charset, charset_); }

  void add(const EncodedWord& word) {
    charset_ = word.charset;
    empty_ = false;
    if (word.encoding == 'b') {
      // Some senders cut base64 anywhere: only padding ends a stretch.
      base64_ += word.text;
      if (word.text.ends_with('=')) close_base64();
    } else {
      close_base64();
      bytes_ += decode_q(word.text);
    }
  }

  void flush(std::string& out) {
    if (empty_) return;
    close_base64();
    out += to_utf8(charset_, bytes_, hint_).text;
    bytes_.clear();
    charset_.clear();
    empty_ = true;
  }

 private:
  void close_base64() {
    if (!base64_.empty()) bytes_ += decode_bytes("base64", base64_);
    base64_.clear();
  }

  std::string_view hint_;
  std::string charset_, bytes_, base64_;
  bool empty_ = true;
};

void add_plain(std::string& out, std::string_view raw, std::string_view hint) {
  if (base::is_ascii(raw) && !raw.contains('\x1B')) {
    out += raw;
  } else {
    out += to_utf8("", raw, hint).text;
  }
}

// One line, no control characters.
std::string flattened(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\r' || c == '\n') {
      bool more = i + 1 < text.size() && is_space(text[i + 1]);
      if (!more) out += ' ';
    } else if (c == '\t') {
      out += ' ';
    } else if (c == '\xC2' && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      ++i;  // U+0080..U+009F: some terminals take them for the start of a command
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string decode_header(std::string_view raw, std::string_view hint) {
  if (base::is_ascii(raw) && !raw.contains("=?") && !raw.contains('\x1B'))
    return std::string(base::trim(flattened(raw)));
  std::string out;
  Run run(hint);
  std::size_t plain = 0;  // start of the stretch not yet written
  for (std::size_t at = raw.find("=?"); at != std::string_view::npos; at = raw.find("=?", at)) {
    auto word = read_word(raw.substr(at));
    if (!word) {
      at += 2;
      continue;
    }
    std::string_view between = raw.substr(plain, at - plain);
    bool adjacent = !run.empty() && std::ranges::all_of(between, is_space);
    if (!adjacent || !run.joins(*word)) run.flush(out);
    if (!adjacent) add_plain(out, between, hint);
    run.add(*word);
    at += word->length;
    plain = at;
  }
  run.flush(out);
  add_plain(out, raw.substr(plain), hint);
  return std::string(base::trim(flattened(out)));
}

std::vector<std::string> parse_message_ids(std::string_view raw) {
  constexpr std::size_t most = 1000;
  constexpr std::size_t longest = 998;
  std::vector<std::string> ids;
  auto add = [&](std::string_view text) {
    std::string id = "<";
    for (char c : text) {
      if (static_cast<unsigned char>(c) > ' ' && c != 0x7F && c != '<' && c != '>') id += c;
    }
    id += '>';
    if (id.size() > 2 && id.size() <= longest && ids.size() < most)
      ids.push_back(base::to_valid_utf8(id));
  };
  if (!raw.contains('<')) {
    for (std::size_t at = 0; at < raw.size();) {
      std::size_t end = std::min(raw.find_first_of(" \t\r\n,", at), raw.size());
      std::string_view word = raw.substr(at, end - at);
      bool alone = base::trim(raw) == word;
      if (!word.empty() && (alone || word.contains('@'))) add(word);
      at = end + 1;
    }
    return ids;
  }
  for (std::size_t at = raw.find('<'); at != std::string_view::npos; at = raw.find('<', at)) {
    std::size_t end = raw.find_first_of("<>", at + 1);
    add(raw.substr(at + 1, std::min(end, raw.size()) - at - 1));
    if (end == std::string_view::npos) break;
    at = end;
  }
  return ids;
}

std::string base_subject(std::string_view subject) {
  constexpr auto marks = std::to_array<std::string_view>(
      {"re",     "r",    "fw",   "fwd",  "i",   "aw",  "wg",   "sv",  "vs", "vb",   "vl",   "tr",
       "rv",     "res",  "enc",  "ref",  "réf", "RÉF", "Réf",  "odp", "pd", "ynt",  "ilt",  "antw",
       "doorst", "rif",  "fs",   "bls",  "trs", "atb", "fwd.", "hl",  "ha", "回复", "答复", "转发",
       "回覆",   "轉寄", "返信", "転送", "отв", "Отв", "Re",   "НА",  "На"});
  std::string_view rest = base::trim(subject);
  for (bool found = true; found;) {
    found = false;
    for (std::string_view mark : marks) {
      if (rest.size() <= mark.size() || !base::ascii_iequals(rest.substr(0, mark.size()), mark))
        continue;
      std::string_view tail = rest.substr(mark.size());
      if (!tail.empty() &&
          std::string_view("[(^*").contains(tail.front())) {  // Re[2]: Re(3): Re^2:
        std::size_t digits = tail.find_first_not_of("0123456789", 1);
        if (digits == std::string_view::npos || digits == 1) continue;
        tail.remove_prefix(digits);
        if (tail.starts_with(']') || tail.starts_with(')')) tail.remove_prefix(1);
      }
      std::size_t spaces = std::min(tail.find_first_not_of(' '), tail.size());
      tail.remove_prefix(spaces);
      if (tail.starts_with("\u00A0"))
        tail.remove_prefix(2);  // French puts a no-break space before the colon
      if (tail.starts_with(':')) {
        tail.remove_prefix(1);
      } else if (tail.starts_with("：")) {
        tail.remove_prefix(std::string_view("：").size());
      } else {
        continue;
      }
      rest = base::trim(tail);
      found = true;
      break;
    }
    if (rest.size() > 5 && base::ascii_iequals(rest.substr(rest.size() - 5), "(fwd)")) {
      rest = base::trim(rest.substr(0, rest.size() - 5));
      found = true;
    }
  }
  return std::string(rest);
}

}  // namespace postroom::mime
