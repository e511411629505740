// IMAP's dates (RFC 9051 section 9): date "1-Feb-2026" in SEARCH, date-time " 1-Feb-2026 14:05:00
// +0100" in INTERNALDATE and APPEND.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace postroom::imap {

// SEARCH compares days without a zone: the server's own idea of a day. Widen by a day and tighten
// afterwards.
std::string format_search_date(std::chrono::year_month_day day);
// With the quotes, in UTC.
std::string format_date_time(base::Instant at);
std::optional<base::Instant> parse_date_time(std::string_view text);

}  // namespace postroom::imap
