#include "smtp/wire/wait_hint.hpp"

#include <gtest/gtest.h>

#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

TEST(WaitHint, ReadsTheTimeThatTheServerNames) {
  struct Row {
    std::string_view text;
    long seconds;  // -1: none
  };
  for (const Row& row : {
           Row{"450 4.2.0 greylisted, please come back in 00:04:59", 299},
           Row{"451 4.7.1 greylisting in action, please come back in 04:59", 299},
           Row{"450 4.7.1 please try again in 5 minutes", 300},
           Row{"451 try again after 300s", 300},
           Row{"421 retry after 1 hour.", 3600},
           Row{"450 recipient address rejected: greylisted for 60 seconds (see http://x.y)", 60},
           Row{"request is throttled. suggested backoff time: 299961 milliseconds", 299},
           Row{"450 wait at least 10 min", 600},
           Row{"451 retry in 5 ms", 1},
           Row{"450 retry after 999999999 hours", 86'400},
           Row{"450 retry after 99999999999999999999 hours", -1},
           Row{"450 try again later", -1},
           Row{"452 4.5.3 too many recipients: 100 at most", -1},
           Row{"421 4.7.0 received 4 messages of 10", -1},
           Row{"450 4.2.1 in", -1},
           Row{"", -1},
       }) {
    auto wait = parse_wait(row.text);
    long got = wait ? std::chrono::duration_cast<std::chrono::seconds>(*wait).count() : -1;
    EXPECT_EQ(got, row.seconds) << row.text;
  }
}

}  // namespace
}  // namespace postroom::smtp
