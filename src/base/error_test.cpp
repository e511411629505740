#include "base/error.hpp"

#include <type_traits>

#include <gtest/gtest.h>

#include "base/secret.hpp"
#include "base/utf8.hpp"

namespace postroom::base {
namespace {

TEST(Error, AddsContextAndKeepsTheRest) {
  Error error(ErrorKind::throttled, "graph.throttled", "too many requests", "wait");
  error.set_transient(true)
      .set_session_usable(true)
      .set_retry_after(std::chrono::seconds(5))
      .set_server_text("slow\x1b[2J\r\n");
  Error outer = error.during("moving 3 messages to Archive");
  EXPECT_STREQ(outer.what(), "moving 3 messages to Archive: too many requests");
  EXPECT_EQ(outer.kind(), ErrorKind::throttled);
  EXPECT_EQ(outer.code(), "graph.throttled");
  EXPECT_EQ(outer.hint(), "wait");
  EXPECT_TRUE(outer.transient());
  EXPECT_TRUE(outer.session_usable());
  EXPECT_EQ(outer.retry_after(), std::chrono::seconds(5));
  EXPECT_EQ(outer.server_text(), "slow?[2J");
  EXPECT_EQ(error.message(), "too many requests");
}

TEST(Error, EveryKindHasItsName) {
  EXPECT_EQ(to_string(ErrorKind::cancelled), "cancelled");
  EXPECT_EQ(to_string(ErrorKind::timed_out), "timed_out");
  EXPECT_EQ(to_string(ErrorKind::internal), "internal");
}

TEST(Printable, DisarmsTerminalsAndDirectionMarks) {
  EXPECT_EQ(printable("a\x1B[31mb\x07\tc\x7F"), "a?[31mb? c?");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "?31m");  // CSI as one C1 character
  EXPECT_EQ(printable("invoice\xE2\x80\xAE"
                      "fdp.exe"),
            "invoice?fdp.exe");
  EXPECT_EQ(printable("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(printable("\xC3\xA9"), "\xC3\xA9");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
}

TEST(Printable, StaysBelowItsLimit) {
  EXPECT_EQ(printable("abcdef", 3), "abc");
  EXPECT_EQ(printable("ab\xC3\xA9", 3), "ab");
  for (std::size_t limit = 0; limit < 12; ++limit) {
    std::string cut = printable("\xFF\xC3\xA9\xFF\xF0\x9F\x93\xA7", limit);
    EXPECT_LE(cut.size(), limit);
    EXPECT_TRUE(is_valid_utf8(cut));
  }
}

TEST(Secret, IsReadByRevealOnly) {
  Secret secret("hunter2");
  EXPECT_EQ(secret.reveal(), "hunter2");
  Secret moved = std::move(secret);
  EXPECT_EQ(moved.reveal(), "hunter2");
  EXPECT_TRUE(secret.empty());
  Secret copy = moved;
  moved = Secret("other");
  EXPECT_EQ(copy.reveal(), "hunter2");
  EXPECT_EQ(moved.reveal(), "other");
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
  static_assert(!std::equality_comparable<Secret>);
}

TEST(Secret, WipesItsBytes) {
  std::string bytes(64, 'x');
  const char* at = bytes.data();
  wipe(bytes);
  for (int i = 0; i < 64; ++i) EXPECT_NE(at[i], 'x');
}

}  // namespace
}  // namespace postroom::base
