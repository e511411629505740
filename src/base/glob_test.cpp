#include "base/glob.hpp"

#include <string>

#include <gtest/gtest.h>

namespace postroom::base {
namespace {

TEST(Glob, MatchesRunsSingleCharactersAndCase) {
  EXPECT_TRUE(glob_matches("*.pdf", "Invoice 12.PDF"));
  EXPECT_TRUE(glob_matches("inv*12*", "invoice-12.pdf"));
  EXPECT_TRUE(glob_matches("a?c", "abc"));
  EXPECT_TRUE(glob_matches("", ""));
  EXPECT_TRUE(glob_matches("***", ""));
  EXPECT_FALSE(glob_matches("*.pdf", "a.pdf.exe"));
  EXPECT_FALSE(glob_matches("a?c", "ac"));
  EXPECT_FALSE(glob_matches("abc", "abcd"));
}

TEST(Glob, StaysFastOnHostilePatterns) {
  std::string pattern, text(20'000, 'a');
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(glob_matches(pattern + "b", text));
}

}  // namespace
}  // namespace postroom::base
