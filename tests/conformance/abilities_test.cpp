// Abilities are present or absent, never present-and-throwing; what is there works without the
// others.
#include "tests/conformance/conformance_fixture.hpp"

namespace postroom::test {
namespace {

using namespace mailbox;

class Abilities : public Conformance {
 protected:
  void deliver_two() {
    for (int n = 1; n <= 2; ++n) {
      world().deliver("Inbox", small_mail(n), {}, base::Instant{std::chrono::seconds{n}});
    }
  }
};
INSTANTIATE_CONFORMANCE(Abilities);
INSTANTIATE_TEST_SUITE_P(reduced, Abilities, testing::ValuesIn(reduced_kinds()), kind_name);

TEST_P(Abilities, AreWhatTheStoreSaysBeforehand) {
  deliver_two();
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    EXPECT_EQ(folder->moving() != nullptr, world.store().can_move());
    EXPECT_EQ(folder->flagging() != nullptr, world.store().can_flag());
    EXPECT_EQ(folder->appending() != nullptr, world.store().can_append());
  });
}

TEST_P(Abilities, TheOthersWorkWithoutTheMissingOne) {
  deliver_two();
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    if (auto* appending = folder->appending()) {
      base::StringSource more(small_mail(3));
      co_await appending->append(more, Flags{}, base::Instant{std::chrono::seconds{3}});
      const auto now = co_await ids(*folder);
      EXPECT_EQ(now.size(), 3u);
    }
    if (auto* flagging = folder->flagging()) {
      const MessageSet one{all.at(0)};
      const auto outcomes = co_await flagging->set_flag(one, Flag::flagged, true);
      EXPECT_FALSE(outcomes.at(0).error);
    }
    if (auto* moving = folder->moving()) {
      const MessageSet one{all.at(0)};
      const auto outcomes = co_await moving->move(one, "Trash");
      EXPECT_FALSE(outcomes.at(0).error);
      auto trash = co_await world.store().open("Trash", Access::read_only);
      const auto there = co_await ids(*trash);
      EXPECT_THAT(there, testing::ElementsAre("<1@sample>"));
    }
    if (world.store().can_create()) {
      const bool was_made = co_await world.store().create("New");
      EXPECT_TRUE(was_made);
      const bool again = co_await world.store().create("New");
      EXPECT_FALSE(again);
    }
  });
}

}  // namespace
}  // namespace postroom::test
