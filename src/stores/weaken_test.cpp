#include "stores/weaken.hpp"

#include <random>

#include <gtest/gtest.h>

#include "mailbox/evaluate.hpp"

namespace postroom::stores {
namespace {

using namespace mailbox;

Query leaf(std::mt19937& random) {
  switch (random() % 4) {
    case 0:
      return {FlagTest{Flag::seen, random() % 2 == 0}};
    case 1:
      return {SizeTest{random() % 20, {}}};
    case 2:
      return {TextTest{
          TextField::subject, "", Comparison::contains, {random() % 2 ? "a" : "b"}, false}};
    default:
      return {
          TextTest{TextField::body, "", Comparison::contains, {random() % 2 ? "x" : "y"}, false}};
  }
}

Query tree(std::mt19937& random, int depth) {
  if (depth == 0 || random() % 3 == 0) return leaf(random);
  std::vector<Query> of;
  for (std::size_t i = 0, n = random() % 4; i < n; ++i) of.push_back(tree(random, depth - 1));
  switch (random() % 3) {
    case 0:
      return {All{of}};
    case 1:
      return {Any{of}};
    default:
      return {Not{{tree(random, depth - 1)}}};
  }
}

// Whatever matches the query matches what it was weakened to, for every set of known items.
TEST(Weaken, NeverLosesAMessage) {
  std::mt19937 random(7);
  int ruled_out = 0;
  for (int round = 0; round < 3000; ++round) {
    const Query query = tree(random, 4);
    Message full;
    full.flags.seen = random() % 2 == 0;
    full.size = random() % 20;
    full.envelope.subject = random() % 2 ? "a" : "b";
    full.text = random() % 2 ? "x" : "y";
    Want known;
    Message seen;  // only what is known
    if ((known.flags = random() % 2)) seen.flags = full.flags;
    if ((known.size = random() % 2)) seen.size = full.size;
    if ((known.envelope = random() % 2)) seen.envelope = full.envelope;
    if ((known.text = random() % 2)) seen.text = full.text;
    const bool weakly = Evaluator(weaken(query, known)).matches(seen);
    if (Evaluator(query).matches(full)) EXPECT_TRUE(weakly) << "round " << round;
    if (!weakly) ++ruled_out;
    EXPECT_TRUE(covers(known, needs_of(weaken(query, known))));
  }
  EXPECT_GT(ruled_out, 300);  // it must still be of use
}

TEST(Covers, ComparesHeaderNamesInAnyCase) {
  Want known, need;
  known.headers = {"X-A"};
  need.headers = {"x-a"};
  EXPECT_TRUE(covers(known, need));
  need.headers.push_back("x-b");
  EXPECT_FALSE(covers(known, need));
  known.all_headers = true;
  EXPECT_TRUE(covers(known, need));
}

}  // namespace
}  // namespace postroom::stores
