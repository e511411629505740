// Dates and zones: the forms that flows and people write, and how dates print. Mail's own date form
// (RFC 5322) is mime/'s, IMAP's is imap/'s. Zones are the system's (IANA names).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/value.hpp"

namespace postroom::base {

bool is_known_zone(std::string_view zone);
// TZ, else /etc/localtime, else "UTC".
std::string process_zone();

// 2026-11-23T14:05:00+01:00; "Z" never, so that columns line up.
std::string to_iso8601(const DateTime& date);

// strftime's words (%Y %m %d %H %M %S %j %a %A %b %B %y %z %Z %U %V %F %T %%), English names.
// Throws Error{config} for another word.
std::string format_date(const DateTime& date, std::string_view format);

// `2026-11-23`, `2026-11-23T14:05`, with seconds, with `Z` or an offset; `now`, `today`,
// `yesterday`, `tomorrow`,
// `-7d` `-12h` `-30m` `+1d` (days count from today's midnight in `zone`, hours and minutes from
// now). Without an offset the time is in `zone`. Nothing when it is none of these.
std::optional<DateTime> parse_date(std::string_view text, std::string_view zone, Instant now);

// `30s` `5m` `2h` `1d` `500ms`, or several: `1h30m`. Nothing when it is none of these, or no unit
// is named.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// `10MB` `500KB` `1.5GB` `2048`, decimal thousands; KiB MiB GiB are powers of 1024. Bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);

// 5400 s -> "1h 30m"; 42 s -> "42s"; 0.25 s -> "0.2s".
std::string to_words(std::chrono::milliseconds duration);

}  // namespace postroom::base
