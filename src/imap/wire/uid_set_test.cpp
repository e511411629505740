#include "imap/wire/uid_set.hpp"

#include <gtest/gtest.h>

namespace postroom::imap {
namespace {

TEST(UidSet, merges_whatever_the_order) {
  UidSet set{Uid{7}, Uid{3}, Uid{4}, Uid{5}, Uid{12}, Uid{3}};
  EXPECT_EQ(set.to_string(), "3:5,7,12");
  set.add(Uid{6});
  EXPECT_EQ(set.to_string(), "3:7,12");
  set.add(UidRange{Uid{1}, Uid{20}});
  EXPECT_EQ(set.to_string(), "1:20");
  set.add(Uid{UINT32_MAX});
  set.add(Uid{UINT32_MAX - 1});
  EXPECT_EQ(set.to_string(), "1:20,4294967294:4294967295");
  EXPECT_EQ(set.size(), 22u);
  EXPECT_TRUE(set.contains(Uid{20}));
  EXPECT_FALSE(set.contains(Uid{21}));
  EXPECT_FALSE(UidSet{Uid{0}}.contains(Uid{0}));
}

TEST(UidSet, prints_and_reads_the_same) {
  for (const char* text : {"1", "1:4294967295", "2,4,6:9", "10"}) {
    auto set = parse_uid_set(text);
    ASSERT_TRUE(set) << text;
    EXPECT_EQ(set->to_string(), text);
  }
  EXPECT_EQ(parse_uid_set("9:6,2")->to_string(), "2,6:9");
  for (const char* text : {"", "*", "1:*", "0", "1,", ",1", "1:", "a", "1 2", "4294967296", "-1"}) {
    EXPECT_FALSE(parse_uid_set(text)) << text;
  }
}

TEST(UidSet, takes_away) {
  EXPECT_EQ(parse_uid_set("1:10")->without(*parse_uid_set("3,5:6,10:20")).to_string(), "1:2,4,7:9");
  EXPECT_EQ(parse_uid_set("1:3,8")->without(*parse_uid_set("8")).to_string(), "1:3");
  EXPECT_TRUE(
      parse_uid_set("4294967290:4294967295")->without(*parse_uid_set("1:4294967295")).empty());
}

TEST(UidSet, splits_below_a_length) {
  UidSet set;
  for (std::uint32_t n = 1; n <= 20'000; n += 2) set.add(Uid{n});
  std::uint64_t total = 0;
  UidSet joined;
  for (const UidSet& piece : set.split(8'000)) {
    EXPECT_LE(piece.to_string().size(), 8'000u);
    total += piece.size();
    joined.add(piece);
  }
  EXPECT_EQ(total, 10'000u);
  EXPECT_EQ(joined, set);
  EXPECT_EQ(parse_uid_set("1:10")->split(100, 4).size(), 3u);
  EXPECT_EQ(parse_uid_set("1:10")->split(100, 4)[2].to_string(), "9:10");
  EXPECT_TRUE(UidSet{}.split(100).empty());
}

}  // namespace
}  // namespace postroom::imap
