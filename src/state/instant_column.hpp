// How a moment stands in a table: whole milliseconds since 1970, UTC.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace postroom::state {

inline std::int64_t number_of(base::Instant at) { return at.time_since_epoch().count(); }

inline base::Instant instant_of(std::int64_t number) {
  return base::Instant{std::chrono::milliseconds{number}};
}

}  // namespace postroom::state
