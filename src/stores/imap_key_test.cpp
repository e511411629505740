#include "stores/imap_key.hpp"

#include <gtest/gtest.h>

namespace postroom::stores {
namespace {

TEST(ImapKey, NamesOneMessageOfOneNumbering) {
  const auto key = imap_key("A:b", "7", imap::Uid{42});
  EXPECT_EQ(key.text, "A:b:7:42");
  EXPECT_EQ(uid_of(key, "A:b", "7"), imap::Uid{42});
  EXPECT_EQ(uid_of(key, "A:b", "8"), std::nullopt);
  EXPECT_EQ(uid_of(key, "A", "7"), std::nullopt);
  EXPECT_EQ(uid_of({"A:b:7:"}, "A:b", "7"), std::nullopt);
  EXPECT_EQ(uid_of({"A:b:7:0"}, "A:b", "7"), std::nullopt);
  EXPECT_EQ(uid_of({"A:b:7:99999999999"}, "A:b", "7"), std::nullopt);
  EXPECT_EQ(uid_of({"A:b:7:4x"}, "A:b", "7"), std::nullopt);
}

TEST(UidPager, TakesFromEitherEnd) {
  imap::UidSet uids;
  uids.add(imap::UidRange{imap::Uid{1}, imap::Uid{5}});
  uids.add(imap::UidRange{imap::Uid{9}, imap::Uid{10}});
  UidPager up(uids, false);
  EXPECT_EQ(up.take(3).to_string(), "1:3");
  EXPECT_EQ(up.take(3).to_string(), "4:5,9");
  EXPECT_EQ(up.left(), 1u);
  EXPECT_EQ(up.take(3).to_string(), "10");
  EXPECT_TRUE(up.take(3).empty());
  UidPager down(uids, true);
  EXPECT_EQ(down.take(3).to_string(), "5,9:10");
  EXPECT_EQ(down.take(9).to_string(), "1:4");
}

TEST(UidPager, AServersWildClaimCostsNoMemory) {
  imap::UidSet all;
  all.add(imap::UidRange{imap::Uid{1}, imap::Uid{4'294'967'295}});
  UidPager pager(all, true);
  EXPECT_EQ(pager.take(2).to_string(), "4294967294:4294967295");
  EXPECT_EQ(pager.left(), 4'294'967'293u);
}

}  // namespace
}  // namespace postroom::stores
