#include "session/retry.hpp"

#include <algorithm>

namespace postroom::session {

bool is_worth_another_try(const base::Error& error) {
  return error.transient() &&
         (error.kind() != base::ErrorKind::timed_out || error.code() == "net.stalled");
}

std::optional<std::chrono::milliseconds> pause_before(const RetryPolicy& policy, int next,
                                                      const base::Error& error) {
  if (!is_worth_another_try(error) || next > policy.tries) return std::nullopt;
  auto pause = policy.first_pause * (1 << std::min(next - 2, 20));
  if (auto asked = error.retry_after()) pause = std::max(pause, *asked);
  if (pause > policy.longest_pause) return std::nullopt;
  return pause;
}

}  // namespace postroom::session
