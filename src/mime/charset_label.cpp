// Labels of charsets, as people write them, and the converter that each means.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "mime/charset.hpp"
#include "mime/charset_converter.hpp"
#include "mime/charset_names.hpp"
#include "mime/single_byte.hpp"

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
    {"arabic", "ISO-8859-6"},
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
    {"ecma114", "ISO-8859-6"},
    {"asmo708", "ISO-8859-6"},
    {"iso88596e", "ISO-8859-6"},
    {"iso885961987", "ISO-8859-6"},
    {"elot928", "ISO-8859-7"},
    {"ecma118", "ISO-8859-7"},
    {"greek8", "ISO-8859-7"},
    {"suneugreek", "ISO-8859-7"},
    {"iso885971987", "ISO-8859-7"},
    {"visual", "CP1255"},
    {"iso885981988", "CP1255"},
    {"dos862", "CP862"},
    {"iso88591986", "CP1252"},
    {"iso885911987", "CP1252"},
    {"iso885921987", "ISO-8859-2"},
    {"l2", "ISO-8859-2"},
    {"iso885931988", "ISO-8859-3"},
    {"latin3", "ISO-8859-3"},
    {"l3", "ISO-8859-3"},
    {"iso885941988", "ISO-8859-4"},
    {"latin4", "ISO-8859-4"},
    {"l4", "ISO-8859-4"},
    {"iso885951988", "ISO-8859-5"},
    {"l5", "CP1254"},
    {"iso885991989", "CP1254"},
    {"latin6", "ISO-8859-10"},
    {"l6", "ISO-8859-10"},
    {"iso8859101992", "ISO-8859-10"},
    {"latin8", "ISO-8859-14"},
    {"l8", "ISO-8859-14"},
    {"isoceltic", "ISO-8859-14"},
    {"latin7", "ISO-8859-13"},
    {"l9", "ISO-8859-15"},
    {"latin10", "ISO-8859-16"},
    {"l10", "ISO-8859-16"},
    {"isoir100", "CP1252"},
    {"isoir101", "ISO-8859-2"},
    {"isoir109", "ISO-8859-3"},
    {"isoir110", "ISO-8859-4"},
    {"isoir144", "ISO-8859-5"},
    {"isoir127", "ISO-8859-6"},
    {"isoir126", "ISO-8859-7"},
    {"isoir138", "CP1255"},
    {"isoir148", "CP1254"},
    {"isoir157", "ISO-8859-10"},
    {"isoir199", "ISO-8859-14"},
    {"isoir226", "ISO-8859-16"},
    {"isoir203", "ISO-8859-15"},
    {"isoir166", "CP874"},
    {"isoir6", "CP1252"},
    {"isoir58", "GB18030"},
    {"isoir149", "CP949"},
    {"isolatin2", "ISO-8859-2"},
    {"isolatin3", "ISO-8859-3"},
    {"isolatin4", "ISO-8859-4"},
    {"isolatin5", "CP1254"},
    {"isolatin6", "ISO-8859-10"},
    {"isolatin9", "ISO-8859-15"},
    {"isolatincyrillic", "ISO-8859-5"},
    {"isolatinarabic", "ISO-8859-6"},
    {"isolatingreek", "ISO-8859-7"},
    {"isolatinhebrew", "CP1255"},
    {"iso88596", "ISO-8859-6"},
    {"iso58gb231280", "GB18030"},
    {"iso885915", "ISO-8859-15"},
    {"unicode20utf8", "UTF-8"},
    {"xunicode20utf8", "UTF-8"},
    {"utf8n", "UTF-8"},
    {"utf8bom", "UTF-8"},
    {"utf8sig", "UTF-8"},
    {"utf8mb3", "UTF-8"},
    {"unicodefeff", "UTF-16LE"},
    {"unicodefffe", "UTF-16BE"},
    {"iso10646ucs2", "UTF-16"},
    {"iso10646ucs4", "UTF-32"},
    {"ucs4", "UTF-32"},
    {"iso10646", "UTF-16"},
    {"utf32le", "UTF-32LE"},
    {"utf32be", "UTF-32BE"},
    {"cp12000", "UTF-32LE"},
    {"cp12001", "UTF-32BE"},
    {"cp65000", "UTF-7"},
    {"xunicode20utf7", "UTF-7"},
    {"unicode20utf7", "UTF-7"},
    {"utf16little", "UTF-16LE"},
    {"utf16big", "UTF-16BE"},
    {"iso646irv1991", "CP1252"},
    {"ansix341986", "CP1252"},
    {"us", "CP1252"},
    {"ibm367", "CP1252"},
    {"cp367", "CP1252"},
    {"latin0", "ISO-8859-15"},
    {"iso646", "CP1252"},
    {"western", "CP1252"},
    {"default", "CP1252"},
    {"windowsansi", "CP1252"},
    {"winlatin1", "CP1252"},
    {"ansicp1252", "CP1252"},
    {"866", "CP866"},
    {"850", "CP850"},
    {"437", "CP437"},
    {"852", "CP852"},
    {"1252", "CP1252"},
    {"1251", "CP1251"},
    {"1250", "CP1250"},
    {"pc850multilingual", "CP850"},
    {"pc8codepage437", "CP437"},
    {"pc862latinhebrew", "CP862"},
    {"pcp852", "CP852"},
    {"pcp855", "CP855"},
    {"cp00858", "CP858"},
    {"pcmultilingual850euro", "CP858"},
    {"ccsid00858", "CP858"},
    {"cpgr", "CP869"},
    {"cpis", "CP861"},
    {"cpar", "CP864"},
    {"cp878", "KOI8-R"},
    {"koi8t", "KOI8-T"},
    {"koi8e", "ISO-8859-5"},
    {"koi80", "KOI8-R"},
    {"xmacukrainian", "MAC-CYRILLIC"},
    {"macukraine", "MAC-CYRILLIC"},
    {"cp10007", "MAC-CYRILLIC"},
    {"cp10017", "MAC-CYRILLIC"},
    {"xmacgreek", "MAC-GREEK"},
    {"macgreek", "MAC-GREEK"},
    {"cp10006", "MAC-GREEK"},
    {"xmacce", "MAC-LATIN2"},
    {"maccentraleurope", "MAC-LATIN2"},
    {"xmaccentraleurroman", "MAC-LATIN2"},
    {"cp10029", "MAC-LATIN2"},
    {"xmacturkish", "MAC-TURKISH"},
    {"macturkish", "MAC-TURKISH"},
    {"cp10081", "MAC-TURKISH"},
    {"xmacicelandic", "MAC-IS"},
    {"macis", "MAC-IS"},
    {"cp10079", "MAC-IS"},
    {"kz1048", "KZ1048"},
    {"strk10482002", "KZ1048"},
    {"rk1048", "KZ1048"},
    {"ptcp154", "PTCP154"},
    {"pt154", "PTCP154"},
    {"cp154", "PTCP154"},
    {"cyrillicasian", "PTCP154"},
    {"xgb18030", "GB18030"},
    {"gb180302000", "GB18030"},
    {"gb180302005", "GB18030"},
    {"isoir58gb231280", "GB18030"},
    {"gb2312eucch", "GB18030"},
    {"xeuccn", "GB18030"},
    {"cngb", "GB18030"},
    {"hzgb2312", "HZ"},
    {"hz", "HZ"},
    {"cp52936", "HZ"},
    {"big5eten", "BIG5-HKSCS"},
    {"xbig5", "BIG5-HKSCS"},
    {"cnbig5hkscs", "BIG5-HKSCS"},
    {"taiwanesebig5", "BIG5-HKSCS"},
    {"chinesetraditional", "BIG5-HKSCS"},
    {"xeuctw", "EUC-TW"},
    {"iso2022cn", "ISO-2022-CN"},
    {"ksx1001", "CP949"},
    {"ksx10011992", "CP949"},
    {"xeuckr", "CP949"},
    {"xwindows949", "CP949"},
    {"cp20949", "CP949"},
    {"johab", "JOHAB"},
    {"cp1361", "JOHAB"},
    {"cp50225", "ISO-2022-KR"},
    {"shiftjis2004", "CP932"},
    {"xshiftjis", "CP932"},
    {"sjisopen", "CP932"},
    {"xmssjis", "CP932"},
    {"windows31j", "CP932"},
    {"mssjis", "CP932"},
    {"cp943", "CP932"},
    {"cp943c", "CP932"},
    {"sjiswin", "CP932"},
    {"xsjiscp932", "CP932"},
    {"ujis", "EUC-JP-MS"},
    {"cp20932", "EUC-JP-MS"},
    {"eucjpms", "EUC-JP-MS"},
    {"eucjpwin", "EUC-JP-MS"},
    {"eucpkdfmtjapanese", "EUC-JP-MS"},
    {"extendedunixcodepackedformatforjapanese", "EUC-JP-MS"},
    {"xjis", "ISO-2022-JP-2"},
    {"jis7", "ISO-2022-JP-2"},
    {"jis8", "ISO-2022-JP-2"},
    {"iso2022jp3", "ISO-2022-JP-2"},
    {"iso2022jp2004", "ISO-2022-JP-2"},
    {"xiso2022jp", "ISO-2022-JP-2"},
    {"xviscii", "VISCII"},
    {"viscii111", "VISCII"},
    {"xviettcvn5712", "TCVN5712-1"},
    {"tcvn5712", "TCVN5712-1"},
    {"tis62025331", "CP874"},
    {"thai", "CP874"},
    {"iso88591110", "CP874"},
    {"cp28601", "CP874"},
    {"cp28593", "ISO-8859-3"},
    {"cp28594", "ISO-8859-4"},
    {"cp28595", "ISO-8859-5"},
    {"cp28596", "ISO-8859-6"},
    {"cp28597", "ISO-8859-7"},
    {"cp28598", "CP1255"},
    {"cp28599", "CP1254"},
    {"cp28603", "ISO-8859-13"},
    {"cp38598", "CP1255"},
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

bool is_label_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::string label_key(std::string_view label) {
  std::string key;
  for (char c : base::ascii_lower(label)) {
    if (is_label_char(c)) key += c;
  }
  return key;
}

// A converter's name may load any module of this machine: only those of the list are asked for.
bool is_listed(const std::string& name) {
  return converter_labels.contains(" " + label_key(name) + " ") && find_converter(name) != nullptr;
}

bool has_converter(const std::string& name) {
  return name == "HZ" || is_single_byte(name) || is_listed(name);
}

// The label without what surrounds it: quotes, a copy of "charset=", 3D of undone quoted-printable,
// a comment, further parameters.
std::string_view bare_label(std::string_view label) {
  constexpr std::string_view blanks = " \t\r\n\"'<>=,;\\";
  for (bool found = true; found;) {
    label = label.substr(std::min(label.find_first_not_of(blanks), label.size()));
    found = false;
    for (std::string_view prefix : {"charset=", "3D\"", "3D'", "3D="}) {
      if (!base::ascii_iequals(label.substr(0, prefix.size()), prefix)) continue;
      label.remove_prefix(prefix.size());
      found = true;
    }
  }
  return base::trim(label.substr(0, label.find_first_of(" \t\r\n;,\"'<>(\\$*=")));
}

}  // namespace

std::string known_charset(std::string_view label) {
  label = bare_label(label.substr(0, longest_label));
  std::string key = label_key(label);
  if (key.starts_with("3d")) key.erase(0, 2);  // 3Dutf-8: quoted-printable undone once too little
  if (key.empty()) return {};
  if (key.starts_with("cs") && !find_alias(std::string_view(key).substr(2)).empty())
    key.erase(0, 2);
  if (auto name = find_alias(key); !name.empty()) return std::string(name);
  if (std::string page = code_page(key); !page.empty()) {
    if (auto name = find_alias(page); !name.empty()) return std::string(name);
    page.replace(0, 2, "CP");
    return has_converter(page) ? page : std::string();
  }
  for (std::string_view family : {"iso8859", "xiso8859", "8859"}) {
    if (!key.starts_with(family)) continue;
    std::string part = key.substr(family.size());
    if (auto name = find_alias("iso8859" + part); !name.empty()) return std::string(name);
    std::string name = "ISO-8859-" + part;
    return part.size() <= 2 && has_converter(name) ? name : std::string();
  }
  // Slashes and the like mean options to the converter.
  bool plain = std::ranges::all_of(label, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  std::string name(label);
  return plain && is_listed(name) ? name : std::string();
}

}  // namespace postroom::mime
