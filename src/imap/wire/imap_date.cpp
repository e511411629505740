#include "imap/wire/imap_date.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

using namespace std::chrono;

constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

std::optional<int> digits(std::string_view text) {
  auto n = base::to_number(text);
  if (!n || *n > 9999) return std::nullopt;
  return static_cast<int>(*n);
}

std::string_view name_of(month m) { return month_names.substr((unsigned{m} - 1) * 3, 3); }

std::optional<month> month_of(std::string_view name) {
  for (unsigned m = 1; m <= 12; ++m) {
    if (base::ascii_iequals(name, name_of(month{m}))) return month{m};
  }
  return std::nullopt;
}

std::optional<minutes> parse_offset(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  auto h = digits(text.substr(1, 2));
  auto m = digits(text.substr(3, 2));
  if (!h || !m) return std::nullopt;
  minutes offset = hours(*h) + minutes(*m);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::string format_search_date(year_month_day day) {
  return fmt::format("{}-{}-{:04}", unsigned{day.day()}, name_of(day.month()), int{day.year()});
}

std::string format_date_time(base::Instant at) {
  auto whole = floor<seconds>(at);
  auto midnight = floor<days>(whole);
  year_month_day day(midnight);
  hh_mm_ss time(whole - midnight);
  return fmt::format("\"{:2}-{}-{:04} {:02}:{:02}:{:02} +0000\"", unsigned{day.day()},
                     name_of(day.month()), int{day.year()}, time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::optional<base::Instant> parse_date_time(std::string_view text) {
  text = base::trim(text);
  auto dash = text.find('-');
  if (dash == std::string_view::npos || dash == 0 || dash > 2 || text.size() < dash + 18)
    return std::nullopt;
  auto d = digits(text.substr(0, dash));
  text.remove_prefix(dash + 1);
  auto m = month_of(text.substr(0, 3));
  auto y = digits(text.substr(4, 4));
  if (!d || !m || !y || text[3] != '-' || text[8] != ' ') return std::nullopt;
  year_month_day day(year{*y}, *m, std::chrono::day{static_cast<unsigned>(*d)});
  auto hour = digits(text.substr(9, 2));
  auto minute = digits(text.substr(12, 2));
  auto second = digits(text.substr(15, 2));
  if (!day.ok() || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  auto offset = parse_offset(base::trim(text.substr(17)));
  if (!offset) return std::nullopt;
  return base::Instant(sys_days(day)) + hours(*hour) + minutes(*minute) + seconds(*second) -
         *offset;
}

}  // namespace postroom::imap
