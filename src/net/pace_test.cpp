#include "net/pace.hpp"

#include <gtest/gtest.h>

namespace postroom::net {
namespace {

using namespace std::chrono_literals;

TEST(Pace, IsPatientAtFirst) {
  Pace pace({.patience = 10s, .bytes_per_second = 100});
  pace.note(10s, 0);
  EXPECT_FALSE(pace.is_too_slow());
  pace.note(1ms, 0);
  EXPECT_TRUE(pace.is_too_slow());
}

TEST(Pace, EndsADripAndKeepsASlowLink) {
  Pace drip({.patience = 10s, .bytes_per_second = 100});
  Pace slow({.patience = 10s, .bytes_per_second = 100});
  int seconds = 0;
  while (!drip.is_too_slow() && seconds < 1000) {
    drip.note(1s, 1);
    slow.note(1s, 150);
    ++seconds;
  }
  EXPECT_EQ(seconds, 11);
  for (int i = 0; i < 100'000; ++i) slow.note(1s, 150);
  EXPECT_FALSE(slow.is_too_slow());
}

TEST(Pace, CountsWhatCameEarly) {
  Pace pace({.patience = 10s, .bytes_per_second = 100});
  pace.note(1s, 5'000);
  pace.note(58s, 0);
  EXPECT_FALSE(pace.is_too_slow());
  pace.note(2s, 0);
  EXPECT_TRUE(pace.is_too_slow());
  pace.begin_again();
  pace.note(10s, 0);
  EXPECT_FALSE(pace.is_too_slow());
}

TEST(Pace, ZeroPatienceIsNoLimit) {
  Pace pace({.patience = 0s});
  pace.note(1000h, 1);
  EXPECT_FALSE(pace.is_too_slow());
}

}  // namespace
}  // namespace postroom::net
