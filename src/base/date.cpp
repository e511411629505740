#include "base/date.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include <date/tz.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace postroom::base {
namespace {

using std::chrono::milliseconds;

const date::time_zone* find_zone(std::string_view name) {
  if (name.empty()) name = "UTC";
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;
  }
}

const date::time_zone* zone_of(const DateTime& value) {
  const auto* zone = find_zone(value.zone);
  return zone ? zone : date::locate_zone("UTC");
}

// An ambiguous or skipped local time (clocks going back or forward) takes the earlier instant:
// deterministic, and `since` then returns too much rather than too little.
Instant to_instant(date::local_time<milliseconds> local, const date::time_zone* zone) {
  return Instant{zone->to_sys(local, date::choose::earliest).time_since_epoch()};
}

struct Reader {
  std::string_view text;

  bool take(char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
  }

  std::optional<int> digits(std::size_t n) {
    if (text.size() < n) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(n);
    return value;
  }
};

std::optional<date::local_days> read_day(Reader& in) {
  auto year = in.digits(4);
  if (!year || !in.take('-')) return std::nullopt;
  auto month = in.digits(2);
  if (!month || !in.take('-')) return std::nullopt;
  auto day = in.digits(2);
  if (!day) return std::nullopt;
  date::year_month_day ymd{date::year{*year}, date::month(static_cast<unsigned>(*month)),
                           date::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  return date::local_days{ymd};
}

std::optional<milliseconds> read_time(Reader& in) {
  auto hour = in.digits(2);
  if (!hour || !in.take(':')) return std::nullopt;
  auto minute = in.digits(2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  milliseconds time = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
  if (in.take(':')) {
    auto second = in.digits(2);
    if (!second || *second > 60) return std::nullopt;
    time += std::chrono::seconds(*second);
    if (in.take('.')) {
      int scale = 100;
      while (!in.text.empty() && in.text.front() >= '0' && in.text.front() <= '9') {
        time += milliseconds((in.text.front() - '0') * scale);
        scale /= 10;
        in.text.remove_prefix(1);
      }
    }
  }
  return time;
}

std::optional<std::chrono::minutes> read_offset(Reader& in) {
  if (in.take('Z')) return std::chrono::minutes(0);
  int sign = in.take('-') ? -1 : 1;
  if (sign == 1 && !in.take('+')) return std::nullopt;
  auto hours = in.digits(2);
  in.take(':');
  auto minutes = in.digits(2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  return sign * (std::chrono::hours(*hours) + std::chrono::minutes(*minutes));
}

std::optional<DateTime> parse_relative(std::string_view text, std::string_view zone_name,
                                       Instant now) {
  const auto* zone = find_zone(zone_name);
  if (!zone) return std::nullopt;
  auto local_now = zone->to_local(date::sys_time<milliseconds>{now.time_since_epoch()});
  auto midnight = date::floor<date::days>(local_now);
  auto at = [&](int days) {
    return DateTime{to_instant(midnight + date::days(days), zone), std::string(zone_name)};
  };
  if (text == "now") return DateTime{now, std::string(zone_name)};
  if (text == "today") return at(0);
  if (text == "yesterday") return at(-1);
  if (text == "tomorrow") return at(1);
  if (text.size() < 3 || (text[0] != '-' && text[0] != '+')) return std::nullopt;
  int sign = text[0] == '-' ? -1 : 1;
  char unit = text.back();
  auto amount = to_number(text.substr(1, text.size() - 2));
  if (!amount || *amount > 100'000) return std::nullopt;
  int n = sign * static_cast<int>(*amount);
  if (unit == 'd') return at(n);
  if (unit == 'w') return at(7 * n);
  if (unit == 'h') return DateTime{now + std::chrono::hours(n), std::string(zone_name)};
  if (unit == 'm') return DateTime{now + std::chrono::minutes(n), std::string(zone_name)};
  return std::nullopt;
}

}  // namespace

bool is_known_zone(std::string_view zone) { return !zone.empty() && find_zone(zone) != nullptr; }

std::string process_zone() {
  if (const char* name = std::getenv("TZ")) {
    if (is_known_zone(name)) return name;
  }
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "UTC";
  }
}

std::string to_iso8601(const DateTime& value) { return format_date(value, "%FT%T%z"); }

std::string format_date(const DateTime& value, std::string_view format) {
  const auto* zone = zone_of(value);
  date::sys_time<std::chrono::seconds> at{
      std::chrono::floor<std::chrono::seconds>(value.at.time_since_epoch())};
  auto zoned = date::make_zoned(zone, at);
  std::string out;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    char word = i + 1 < format.size() ? format[++i] : '\0';
    if (word == '%') {
      out += '%';
    } else if (word == 'z') {
      out += date::format("%Ez", zoned);
    } else if (word != '\0' && std::string_view("YmdHMSjaAbByZUVFTIpe").contains(word)) {
      out += date::format(std::string{'%', word}, zoned);
    } else {
      throw Error(ErrorKind::config, "date.bad_format",
                  fmt::format("\"%{}\" is not a date format word", word == '\0' ? ' ' : word),
                  "use %Y %m %d %H %M %S %j %a %b %F %T and the like");
    }
  }
  return out;
}

std::optional<DateTime> parse_date(std::string_view text, std::string_view zone_name, Instant now) {
  text = trim(text);
  if (auto relative = parse_relative(text, zone_name, now)) return relative;
  Reader in{text};
  auto day = read_day(in);
  if (!day) return std::nullopt;
  milliseconds time{0};
  if (in.take('T') || in.take(' ')) {
    auto read = read_time(in);
    if (!read) return std::nullopt;
    time = *read;
    in.take(' ');
    if (!in.text.empty()) {
      auto offset = read_offset(in);
      if (!offset || !in.text.empty()) return std::nullopt;
      return DateTime{Instant{day->time_since_epoch() + time - *offset}, std::string(zone_name)};
    }
  }
  if (!in.text.empty()) return std::nullopt;
  const auto* zone = find_zone(zone_name);
  if (!zone) return std::nullopt;
  return DateTime{to_instant(*day + time, zone), std::string(zone_name)};
}

std::optional<milliseconds> parse_duration(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  milliseconds total{0};
  while (!text.empty()) {
    auto end = text.find_first_not_of("0123456789");
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    auto amount = to_number(text.substr(0, end));
    text.remove_prefix(end);
    if (!amount || *amount > 1'000'000'000) return std::nullopt;
    auto n = static_cast<std::int64_t>(*amount);
    if (text.starts_with("ms")) {
      total += milliseconds(n);
      text.remove_prefix(2);
      continue;
    }
    switch (text.front()) {
      case 's':
        total += std::chrono::seconds(n);
        break;
      case 'm':
        total += std::chrono::minutes(n);
        break;
      case 'h':
        total += std::chrono::hours(n);
        break;
      case 'd':
        total += std::chrono::hours(24 * n);
        break;
      default:
        return std::nullopt;
    }
    text.remove_prefix(1);
  }
  return total;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  text = trim(text);
  double amount = 0;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), amount, std::chars_format::fixed);
  if (error != std::errc{} || !(amount >= 0)) return std::nullopt;  // from_chars reads "nan"
  auto unit = ascii_lower(trim(text.substr(static_cast<std::size_t>(end - text.data()))));
  double factor = unit.empty() || unit == "b"   ? 1
                  : unit == "kb" || unit == "k" ? 1e3
                  : unit == "mb" || unit == "m" ? 1e6
                  : unit == "gb" || unit == "g" ? 1e9
                  : unit == "kib"               ? 1024.0
                  : unit == "mib"               ? 1024.0 * 1024
                  : unit == "gib"               ? 1024.0 * 1024 * 1024
                                                : 0;
  if (factor == 0 || amount * factor > 9e15) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(amount * factor));
}

std::string to_words(milliseconds duration) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  if (seconds < 10) return fmt::format("{:.1f}s", static_cast<double>(duration.count()) / 1000.0);
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  return fmt::format("{}h {}m", seconds / 3600, seconds / 60 % 60);
}

}  // namespace postroom::base
