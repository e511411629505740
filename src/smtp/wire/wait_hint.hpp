// How long a server says to wait, read out of the words of a refusal: SMTP has no field for it.
// Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace postroom::smtp {

// "try again in 5 minutes", "come back in 00:04:59", "retry after 300s", "Backoff Time: 299961
// milliseconds". Nothing where no time is named; at least 1 s, at most limits.longest_wait.
std::optional<std::chrono::milliseconds> parse_wait(std::string_view lower_text);

}  // namespace postroom::smtp
