#include "session/retry.hpp"

#include <gtest/gtest.h>

namespace postroom::session {
namespace {

using namespace std::chrono_literals;

base::Error passing() {
  return base::Error(base::ErrorKind::throttled, "test.busy", "busy").set_transient(true);
}

TEST(Retry, DoublesThePauseAndStopsAfterThreeTries) {
  RetryPolicy policy;
  EXPECT_EQ(pause_before(policy, 2, passing()), 1s);
  EXPECT_EQ(pause_before(policy, 3, passing()), 2s);
  EXPECT_EQ(pause_before(policy, 4, passing()), std::nullopt);
}

TEST(Retry, LeavesLastingErrorsAlone) {
  EXPECT_EQ(pause_before({}, 2, base::Error(base::ErrorKind::auth, "auth.wrong_password", "no")),
            std::nullopt);
}

TEST(Retry, ASilentConnectionIsOpenedAgainAndASilentServerIsNotAskedAgain) {
  base::Error stalled(base::ErrorKind::timed_out, "net.stalled", "silent");
  base::Error unheard(base::ErrorKind::timed_out, "net.timed_out", "silent");
  EXPECT_EQ(pause_before({}, 2, stalled.set_transient(true)), 1s);
  EXPECT_EQ(pause_before({}, 2, unheard.set_transient(true)), std::nullopt);
}

TEST(Retry, ObeysTheServersDelayButDoesNotWaitForHours) {
  EXPECT_EQ(pause_before({}, 2, passing().set_retry_after(7s)), 7s);
  EXPECT_EQ(pause_before({}, 2, passing().set_retry_after(1h)), std::nullopt);
}

}  // namespace
}  // namespace postroom::session
