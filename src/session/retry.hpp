// Whether to try again what failed for a passing reason: three tries, a growing pause, the server's
// own delay when it names one. The caller does the waiting.
#pragma once

#include <chrono>
#include <optional>

#include "base/error.hpp"

namespace postroom::session {

struct RetryPolicy {
  int tries = 3;
  std::chrono::milliseconds first_pause{1'000};  // doubles with each try
  std::chrono::milliseconds longest_pause{
      60'000};  // who asks for more is obeyed by ending the run, not by waiting
};

// A passing reason. A connection that was alive and fell silent is opened again; who has waited for
// a whole limit without an answer has waited enough.
bool is_worth_another_try(const base::Error& error);

// The pause before try `next` (2, 3 ...) after `error`; nothing when that is not worth it, the
// tries are used up, or the server asks for more than longest_pause.
std::optional<std::chrono::milliseconds> pause_before(const RetryPolicy& policy, int next,
                                                      const base::Error& error);

}  // namespace postroom::session
