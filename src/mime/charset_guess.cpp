#include "mime/charset_guess.hpp"

#include <array>
#include <cstddef>

namespace postroom::mime {
namespace {

constexpr std::size_t looked_at = 64 * 1024;
constexpr std::size_t fewest_pairs = 4;     // below, chance speaks
constexpr std::size_t fewest_letters = 10;  // of one-byte Cyrillic

using Byte = unsigned char;

bool in_range(Byte b, Byte low, Byte high) { return b >= low && b <= high; }

// What two-byte reading of the text gives.
struct PairCount {
  std::size_t pairs = 0, common = 0, kana = 0, broken = 0;
  bool convinces() const {
    return pairs >= fewest_pairs && broken * 50 <= pairs && common * 10 >= pairs * 7;
  }
};

struct TwoByteRules {
  bool (*lead)(Byte);
  bool (*trail)(Byte);
  bool (*common)(Byte lead, Byte trail);
  bool (*kana)(Byte lead, Byte trail);
  bool (*alone)(Byte);  // high bytes that stand for themselves
};

PairCount count_pairs(std::string_view text, const TwoByteRules& rules) {
  PairCount count;
  for (std::size_t at = 0; at < text.size(); ++at) {
    Byte a = static_cast<Byte>(text[at]);
    if (a < 0x80 || rules.alone(a)) continue;
    if (at + 1 == text.size()) break;  // a text cut in the middle of a character
    Byte b = static_cast<Byte>(text[at + 1]);
    if (!rules.lead(a) || !rules.trail(b)) {
      ++count.broken;
      continue;
    }
    ++at;
    ++count.pairs;
    if (rules.common(a, b)) ++count.common;
    if (rules.kana(a, b)) ++count.kana;
  }
  return count;
}

bool never(Byte) { return false; }
bool no_kana(Byte, Byte) { return false; }
bool is_euc(Byte b) { return in_range(b, 0xA1, 0xFE); }

constexpr TwoByteRules gb_rules{
    .lead = [](Byte b) { return in_range(b, 0x81, 0xFE); },
    .trail = [](Byte b) { return in_range(b, 0x40, 0x7E) || in_range(b, 0x80, 0xFE); },
    .common =
        [](Byte a, Byte b) {
          return is_euc(b) && (in_range(a, 0xB0, 0xD7) || in_range(a, 0xA1, 0xA3));
        },
    .kana = no_kana,
    .alone = never};

constexpr TwoByteRules big5_rules{
    .lead = [](Byte b) { return in_range(b, 0x81, 0xFE); },
    .trail = [](Byte b) { return in_range(b, 0x40, 0x7E) || is_euc(b); },
    .common = [](Byte a, Byte) { return in_range(a, 0xA4, 0xC6) || in_range(a, 0xA1, 0xA2); },
    .kana = no_kana,
    .alone = never};

constexpr TwoByteRules korean_rules{
    .lead = is_euc,
    .trail = is_euc,
    .common = [](Byte a, Byte) { return in_range(a, 0xB0, 0xC8) || in_range(a, 0xA1, 0xA3); },
    .kana = no_kana,
    .alone = never};

constexpr TwoByteRules euc_jp_rules{
    .lead = is_euc,
    .trail = is_euc,
    .common = [](Byte a, Byte) { return in_range(a, 0xA1, 0xA5) || in_range(a, 0xB0, 0xCF); },
    .kana = [](Byte a, Byte) { return a == 0xA4 || a == 0xA5; },
    .alone = never};

constexpr TwoByteRules shift_jis_rules{
    .lead = [](Byte b) { return in_range(b, 0x81, 0x9F) || in_range(b, 0xE0, 0xFC); },
    .trail = [](Byte b) { return in_range(b, 0x40, 0x7E) || in_range(b, 0x80, 0xFC); },
    .common = [](Byte a, Byte) { return in_range(a, 0x81, 0x83) || in_range(a, 0x88, 0x97); },
    .kana = [](Byte a, Byte b) { return (a == 0x82 && b >= 0x9F) || a == 0x83; },
    .alone = [](Byte b) { return in_range(b, 0xA1, 0xDF); }};

struct LetterCount {
  std::size_t ascii = 0, upper_half = 0, lower_half = 0, other = 0;  // E0..FF, C0..DF, 80..BF
  std::size_t neighbours = 0;  // high letters right beside another
};

LetterCount count_letters(std::string_view text) {
  LetterCount count;
  bool before = false;
  for (char c : text) {
    Byte b = static_cast<Byte>(c);
    bool high = b >= 0xC0;
    if (in_range(b | 0x20, 'a', 'z')) ++count.ascii;
    if (b >= 0xE0) ++count.upper_half;
    if (in_range(b, 0xC0, 0xDF)) ++count.lower_half;
    if (in_range(b, 0x80, 0xBF)) ++count.other;
    if (high && before) ++count.neighbours;
    before = high;
  }
  return count;
}

// Words made of letters above C0 are Cyrillic in mail; accented letters of the West stand alone.
std::string_view guess_cyrillic(std::string_view text) {
  LetterCount count = count_letters(text);
  std::size_t letters = count.upper_half + count.lower_half;
  bool dense = letters >= fewest_letters && count.neighbours * 10 >= letters * 6 &&
               count.other * 10 <= letters && letters > count.ascii / 4;
  if (!dense) return {};
  // Small letters are the upper half of Windows-1251 and the lower half of KOI8-R.
  return count.upper_half >= count.lower_half ? "CP1251" : "KOI8-R";
}

}  // namespace

std::string_view guess_charset(std::string_view bytes) {
  std::string_view text = bytes.substr(0, looked_at);
  if (auto cyrillic = guess_cyrillic(text); !cyrillic.empty()) return cyrillic;
  PairCount euc_jp = count_pairs(text, euc_jp_rules);
  if (euc_jp.convinces() && euc_jp.kana * 10 >= euc_jp.pairs * 2) return "EUC-JP-MS";
  PairCount shift_jis = count_pairs(text, shift_jis_rules);
  if (shift_jis.convinces() && shift_jis.kana * 10 >= shift_jis.pairs * 2) return "CP932";
  PairCount korean = count_pairs(text, korean_rules);
  // Chinese reaches beyond C8 in two characters of five.
  if (korean.convinces() && korean.common * 20 >= korean.pairs * 19) return "CP949";
  PairCount gb = count_pairs(text, gb_rules);
  PairCount big5 = count_pairs(text, big5_rules);
  if (gb.convinces() && (!big5.convinces() || gb.common >= big5.common)) return "GB18030";
  if (big5.convinces()) return "BIG5-HKSCS";
  return {};
}

}  // namespace postroom::mime
