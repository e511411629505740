// Mail's dates (RFC 5322 sections 3.3 and 4.3), read tolerantly and written strictly.
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "mime/header_text.hpp"

namespace postroom::mime {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::size_t longest_date = 256;  // real ones stay below 64

// RFC 5322 section 4.3 and the names that programs write all the same. Ambiguous ones are left out:
// UTC.
constexpr auto zones = std::to_array<std::pair<std::string_view, int>>({
    {"EST", -300}, {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},
    {"PST", -480}, {"PDT", -420}, {"CET", 60},   {"CEST", 120}, {"MET", 60},   {"MEST", 120},
    {"MEZ", 60},   {"MESZ", 120}, {"EET", 120},  {"EEST", 180}, {"BST", 60},   {"WEST", 60},
    {"MSK", 180},  {"JST", 540},  {"KST", 540},  {"HKT", 480},  {"SGT", 480},  {"AEST", 600},
    {"AEDT", 660}, {"NZST", 720}, {"NZDT", 780},
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

struct Fields {
  int day = 0, month = 0, year = -1;
  std::optional<seconds> time;
  std::optional<int> zone;
};

std::string without_comments(std::string_view text) {
  std::string out;
  int depth = 0;
  for (char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) out += c;
    if (c == ')' && depth > 0) --depth;
    if (c == ')') out += ' ';
  }
  return out;
}

std::optional<int> number(std::string_view text) {
  auto value = base::to_number(text);
  if (!value || *value > 9999) return std::nullopt;
  return static_cast<int>(*value);
}

std::optional<int> read_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  int sign = text[0] == '-' ? -1 : 1;
  std::string digits;
  for (char c : text.substr(1)) {
    if (c == ':') continue;
    if (!is_digit(c)) break;
    digits += c;
  }
  auto value = number(digits);
  if (!value || digits.size() > 4) return std::nullopt;
  int total = digits.size() <= 2 ? *value * 60 : *value / 100 * 60 + *value % 100;
  return total < 24 * 60 ? std::optional(sign * total) : 0;
}

// 12:34, 12:34:56, 12:34:56.789, 12.34.56 is not taken.
std::optional<seconds> read_time(std::string_view text) {
  auto parts = base::split(text.substr(0, text.find('.')), ':');
  if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
  auto hour = number(parts[0]), minute = number(parts[1]);
  auto second = parts.size() == 3 ? number(parts[2]) : std::optional(0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  return std::chrono::hours(*hour) + minutes(*minute) + seconds(*second);
}

int find_month(std::string_view word) {
  if (word.size() < 3) return 0;
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (base::ascii_iequals(word.substr(0, 3), months[i])) return static_cast<int>(i) + 1;
  }
  return 0;
}

void set_number(Fields& fields, std::string_view word) {
  auto value = number(word);
  if (!value) return;
  if (word.size() <= 2 && fields.day == 0) {
    fields.day = *value;
  } else if (fields.year < 0) {
    fields.year = word.size() <= 2   ? (*value < 50 ? 2000 : 1900) + *value
                  : word.size() == 3 ? 1900 + *value
                                     : *value;
  }
}

void set_letters(Fields& fields, std::string_view word) {
  if (base::ascii_iequals(word, "PM") && fields.time && *fields.time < std::chrono::hours(12)) {
    *fields.time += std::chrono::hours(12);
  } else if (base::ascii_iequals(word, "AM") && fields.time &&
             *fields.time >= std::chrono::hours(12)) {
    *fields.time -= std::chrono::hours(12);
  } else if (int month = find_month(word); month != 0 && fields.month == 0) {
    fields.month = month;
  } else if (fields.time && !fields.zone) {
    for (auto [name, offset] : zones) {
      if (base::ascii_iequals(word, name)) fields.zone = offset;
    }
  }
}

// One stretch without white space: "Mon", "23", "23-Nov-2026", "12:00:00+0100", "GMT+2", "2026".
void read_word(Fields& fields, std::string_view word) {
  while (!word.empty()) {
    char c = word.front();
    if (is_digit(c)) {
      std::size_t end = std::min(word.find_first_not_of("0123456789:."), word.size());
      std::string_view piece = word.substr(0, end);
      if (piece.contains(':')) {
        if (!fields.time) fields.time = read_time(piece);
      } else {
        set_number(fields, piece.substr(0, piece.find('.')));
      }
      word.remove_prefix(end);
    } else if (is_letter(c)) {
      std::size_t end = 0;
      while (end < word.size() && is_letter(word[end])) ++end;
      set_letters(fields, word.substr(0, end));
      word.remove_prefix(end);
    } else if ((c == '+' || c == '-') && fields.time) {
      auto offset = read_offset(word);
      if (offset) fields.zone = *offset;
      std::size_t end = std::min(word.find_first_not_of("0123456789:", 1), word.size());
      word.remove_prefix(end);
    } else {
      word.remove_prefix(1);
    }
  }
}

// 2026-11-23T12:00:00Z: the year first.
bool read_iso_day(Fields& fields, std::string& text) {
  std::string_view all = base::trim(text);
  if (all.size() < 10 || all[4] != '-' || all[7] != '-') return false;
  auto year = number(all.substr(0, 4)), month = number(all.substr(5, 2)),
       day = number(all.substr(8, 2));
  if (!year || !month || !day) return false;
  fields.year = *year;
  fields.month = *month;
  fields.day = *day;
  text = std::string(all.substr(10));
  return true;
}

}  // namespace

std::optional<base::Instant> parse_date(std::string_view raw) {
  std::string text = without_comments(raw.substr(0, longest_date));
  Fields fields;
  read_iso_day(fields, text);
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find_first_of(" \t\r\n,", at), text.size());
    read_word(fields, std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  if (fields.year < 1900 || fields.month < 1 || fields.month > 12) return std::nullopt;
  std::chrono::year_month_day day{std::chrono::year(fields.year),
                                  std::chrono::month(static_cast<unsigned>(fields.month)),
                                  std::chrono::day(static_cast<unsigned>(fields.day))};
  if (!day.ok()) return std::nullopt;
  return base::Instant{std::chrono::sys_days(day)} + fields.time.value_or(seconds(0)) -
         minutes(fields.zone.value_or(0));
}

std::string format_date(base::Instant at, minutes offset) {
  auto local = at + offset;
  auto day = std::chrono::floor<std::chrono::days>(local);
  std::chrono::year_month_day ymd{day};
  auto time = std::chrono::floor<seconds>(local - day).count();
  auto weekday = std::chrono::weekday(day).c_encoding();
  auto away = std::chrono::abs(offset).count();
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}", weekdays[weekday],
                     static_cast<unsigned>(ymd.day()),
                     months[static_cast<unsigned>(ymd.month()) - 1], static_cast<int>(ymd.year()),
                     time / 3600, time / 60 % 60, time % 60, offset.count() < 0 ? '-' : '+',
                     away / 60, away % 60);
}

}  // namespace postroom::mime
