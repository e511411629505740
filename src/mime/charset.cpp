#include "mime/charset.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <utility>

#include <iconv.h>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t longest_label = 64;

using Alias = std::pair<std::string_view, std::string_view>;

// Label without punctuation -> converter's name. Widened where real senders use more than the
// label's repertoire.
constexpr auto aliases = std::to_array<Alias>({
    {"utf8", "UTF-8"},
    {"utf8mb4", "UTF-8"},
    {"unicode11utf8", "UTF-8"},
    {"xutf8", "UTF-8"},
    {"cp65001", "UTF-8"},
    {"utf7", "UTF-7"},
    {"unicode11utf7", "UTF-7"},
    {"utf16", "UTF-16"},
    {"utf16le", "UTF-16LE"},
    {"unicode", "UTF-16"},
    {"ucs2", "UTF-16"},
    {"utf16be", "UTF-16BE"},
    {"cp1200", "UTF-16LE"},
    {"cp1201", "UTF-16BE"},
    {"utf32", "UTF-32"},
    {"usascii", "CP1252"},
    {"ascii", "CP1252"},
    {"ansix341968", "CP1252"},
    {"ansix34", "CP1252"},
    {"646", "CP1252"},
    {"iso646us", "CP1252"},
    {"cp20127", "CP1252"},
    {"latin1", "CP1252"},
    {"isolatin1", "CP1252"},
    {"l1", "CP1252"},
    {"iso88591", "CP1252"},
    {"cp28591", "CP1252"},
    {"cp819", "CP1252"},
    {"ansi", "CP1252"},
    {"8859", "CP1252"},
    {"latin2", "ISO-8859-2"},
    {"cp28592", "ISO-8859-2"},
    {"latin5", "CP1254"},
    {"iso88599", "CP1254"},
    {"latin9", "ISO-8859-15"},
    {"cp28605", "ISO-8859-15"},
    {"iso88598", "CP1255"},
    {"iso88598i", "CP1255"},
    {"iso88598e", "CP1255"},
    {"hebrew", "CP1255"},
    {"logical", "CP1255"},
    {"iso885911", "CP874"},
    {"tis620", "CP874"},
    {"tis6202533", "CP874"},
    {"greek", "ISO-8859-7"},
    {"arabic", "CP1256"},
    {"iso88596i", "ISO-8859-6"},
    {"cyrillic", "ISO-8859-5"},
    {"gb2312", "GB18030"},
    {"gb231280", "GB18030"},
    {"gbk", "GB18030"},
    {"xgbk", "GB18030"},
    {"cp936", "GB18030"},
    {"gb18030", "GB18030"},
    {"euccn", "GB18030"},
    {"chinese", "GB18030"},
    {"chinesesimplified", "GB18030"},
    {"cp54936", "GB18030"},
    {"cp20936", "GB18030"},
    {"gb", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"cnbig5", "BIG5-HKSCS"},
    {"xxbig5", "BIG5-HKSCS"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"cp950", "BIG5-HKSCS"},
    {"chinesebig5", "BIG5-HKSCS"},
    {"euctw", "EUC-TW"},
    {"ksc5601", "CP949"},
    {"ksc56011987", "CP949"},
    {"ksc56011989", "CP949"},
    {"euckr", "CP949"},
    {"korean", "CP949"},
    {"cp949", "CP949"},
    {"uhc", "CP949"},
    {"cp51949", "CP949"},
    {"iso2022kr", "ISO-2022-KR"},
    {"shiftjis", "CP932"},
    {"xsjis", "CP932"},
    {"sjis", "CP932"},
    {"mskanji", "CP932"},
    {"cp932", "CP932"},
    {"cp31j", "CP932"},
    {"eucjp", "EUC-JP-MS"},
    {"xeucjp", "EUC-JP-MS"},
    {"xeuc", "EUC-JP-MS"},
    {"cp51932", "EUC-JP-MS"},
    {"iso2022jp", "ISO-2022-JP-2"},
    {"iso2022jpesc", "ISO-2022-JP-2"},
    {"iso2022jpms", "ISO-2022-JP-2"},
    {"cp50220", "ISO-2022-JP-2"},
    {"cp50221", "ISO-2022-JP-2"},
    {"cp50222", "ISO-2022-JP-2"},
    {"iso2022jp1", "ISO-2022-JP-2"},
    {"iso2022jp2", "ISO-2022-JP-2"},
    {"jis", "ISO-2022-JP-2"},
    {"csiso2022jp", "ISO-2022-JP-2"},
    {"koi8r", "KOI8-R"},
    {"koi8", "KOI8-R"},
    {"koi", "KOI8-R"},
    {"cskoi8r", "KOI8-R"},
    {"cp20866", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"koi8ru", "KOI8-U"},
    {"cp21866", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
    {"macroman", "MACINTOSH"},
    {"xmacroman", "MACINTOSH"},
    {"mac", "MACINTOSH"},
    {"cp10000", "MACINTOSH"},
    {"xmaccyrillic", "MAC-CYRILLIC"},
    {"maccyrillic", "MAC-CYRILLIC"},
    {"viscii", "VISCII"},
    {"tcvn", "TCVN5712-1"},
});

// "cp-850", "windows-874", "dos-862", "ibm850", "x-cp1251": a code page under one of its family
// names.
std::string code_page(std::string_view key) {
  for (std::string_view family : {"windows", "microsoftcp", "xwindows", "mswindows", "xcp", "csibm",
                                  "csp", "win", "dos", "ibm", "ccsid", "oem", "cp", "ms"}) {
    if (!key.starts_with(family)) continue;
    std::string_view digits = key.substr(family.size());
    if (digits.starts_with("cp")) digits.remove_prefix(2);
    if (digits.size() < 3 || digits.size() > 5) continue;
    if (std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
      return "cp" + std::string(digits);
  }
  return {};
}

std::string_view find_alias(std::string_view key) {
  auto found = std::ranges::find(aliases, key, &Alias::first);
  return found == aliases.end() ? std::string_view{} : found->second;
}

class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // False when something had to be replaced.
  bool convert(std::string_view bytes, std::size_t unit, std::string& out) {
    bool clean = true;
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    char* in = const_cast<char*>(bytes.data());
    std::size_t left = bytes.size();
    std::array<char, 4096> buffer;
    bool flushed = false;
    while (!flushed) {
      char* to = buffer.data();
      std::size_t room = buffer.size();
      bool flushing = left == 0;
      std::size_t result =
          iconv(handle_, flushing ? nullptr : &in, flushing ? nullptr : &left, &to, &room);
      int cause = errno;
      out.append(buffer.data(), static_cast<std::size_t>(to - buffer.data()));
      if (result != static_cast<std::size_t>(-1)) {
        flushed = flushing;
      } else if (cause != E2BIG) {
        clean = false;
        base::append_utf8(out, 0xFFFD);
        if (flushing) break;
        std::size_t step = std::min(unit, left);
        in += step;
        left -= step;
      }
    }
    return clean;
  }

 private:
  iconv_t handle_;
};

// Opening a converter may load a module, so each thread keeps the few it meets.
Converter* find_converter(const std::string& name) {
  constexpr std::size_t most_kept = 64;
  thread_local std::map<std::string, std::unique_ptr<Converter>, std::less<>> kept;
  auto found = kept.find(name);
  if (found == kept.end()) {
    if (kept.size() >= most_kept) kept.clear();
    found = kept.emplace(name, std::make_unique<Converter>(name)).first;
  }
  return found->second->open() ? found->second.get() : nullptr;
}

bool is_multi_byte(std::string_view name) {
  for (std::string_view prefix :
       {"UTF", "UCS", "GB", "BIG5", "CP949", "CP932", "EUC", "ISO-2022", "JOHAB"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

std::string without_mark(std::string text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

// UTF-16 without a byte order mark: text of any script has more zero or low high-bytes on one side.
std::string utf16_order(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return "UTF-16LE";
  if (bytes.starts_with("\xFE\xFF")) return "UTF-16BE";
  std::size_t even = 0, odd = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 2048); ++i) {
    if (bytes[i] == '\0') ++(i % 2 == 0 ? even : odd);
  }
  return even > odd ? "UTF-16BE" : "UTF-16LE";
}

bool has_multi_byte_sequence(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    base::Utf8Step step = base::next_code_point(bytes, at);
    if (step.valid && step.length > 1) return true;
    at += step.length;
  }
  return false;
}

Converted run(const std::string& name, std::string_view bytes) {
  Converted result;
  Converter* converter = find_converter(name);
  if (converter == nullptr) {
    result.text = base::to_valid_utf8(bytes);
    result.warning = "no converter for the charset " + name;
    return result;
  }
  result.text.reserve(bytes.size() + bytes.size() / 4);
  std::size_t unit = name.starts_with("UTF-16") ? 2 : name.starts_with("UTF-32") ? 4 : 1;
  if (!converter->convert(bytes, unit, result.text)) {
    result.warning = "some bytes are not " + name + " and were replaced";
  }
  result.text = without_mark(std::move(result.text));
  if (!base::is_valid_utf8(result.text)) result.text = base::to_valid_utf8(result.text);
  return result;
}

Converted guess(std::string_view bytes) {
  if (base::is_valid_utf8(bytes)) return {without_mark(std::string(bytes)), {}};
  return run("CP1252", bytes);
}

}  // namespace

std::string known_charset(std::string_view label) {
  label = base::trim(label.substr(0, longest_label));
  while (!label.empty() && (label.front() == '"' || label.front() == '\'')) label.remove_prefix(1);
  label = base::trim(label.substr(0, label.find_first_of(" ;\"'(\t$*")));
  std::string key;
  for (char c : base::ascii_lower(label)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  }
  if (key.empty()) return {};
  if (key.starts_with("cs") && !find_alias(std::string_view(key).substr(2)).empty())
    key.erase(0, 2);
  if (auto name = find_alias(key); !name.empty()) return std::string(name);
  if (std::string page = code_page(key); !page.empty()) {
    if (auto name = find_alias(page); !name.empty()) return std::string(name);
    page.replace(0, 2, "CP");
    return find_converter(page) != nullptr ? page : std::string();
  }
  for (std::string_view family : {"iso8859", "xiso8859", "8859"}) {
    if (!key.starts_with(family)) continue;
    std::string part = key.substr(family.size());
    if (auto name = find_alias("iso8859" + part); !name.empty()) return std::string(name);
    std::string name = "ISO-8859-" + part;
    return find_converter(name) != nullptr ? name : std::string();
  }
  // The converter's own list. Slashes and the like mean options to it.
  bool plain = std::ranges::all_of(label, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  std::string name(label);
  return plain && find_converter(name) != nullptr ? name : std::string();
}

Converted to_utf8(std::string_view label, std::string_view bytes) {
  bool escapes = bytes.contains("\x1B$") || bytes.contains("\x1B(");
  if (base::is_ascii(bytes) && label.empty()) {
    return escapes ? run("ISO-2022-JP-2", bytes) : Converted{std::string(bytes), {}};
  }
  std::string name = known_charset(label);
  if (name.empty()) {
    Converted result = escapes ? run("ISO-2022-JP-2", bytes) : guess(bytes);
    if (!base::trim(label).empty()) {
      result.warning =
          "unknown charset \"" + base::to_valid_utf8(label.substr(0, longest_label)) + "\"";
    } else if (!base::is_ascii(bytes) && result.warning.empty()) {
      result.warning = "no charset is given";
    }
    return result;
  }
  if (name == "UTF-8") {
    if (base::is_valid_utf8(bytes)) return {without_mark(std::string(bytes)), {}};
    Converted result;
    result.text = has_multi_byte_sequence(bytes) ? without_mark(base::to_valid_utf8(bytes))
                                                 : run("CP1252", bytes).text;
    result.warning = "some bytes are not UTF-8 although it is labelled so";
    return result;
  }
  if (name == "UTF-16") name = utf16_order(bytes);
  if (!is_multi_byte(name)) {
    if (name != "CP037" && name != "CP500" && !escapes && base::is_ascii(bytes) &&
        name.starts_with("CP125")) {
      return {std::string(bytes), {}};
    }
    if (!base::is_ascii(bytes) && base::is_valid_utf8(bytes)) {
      return {without_mark(std::string(bytes)),
              "the text is UTF-8 although it is labelled " + name};
    }
  }
  return run(name, bytes);
}

}  // namespace postroom::mime
