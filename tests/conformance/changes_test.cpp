// Changes: what was named changes, nothing else does, and nothing is lost.
#include "tests/conformance/conformance_fixture.hpp"

namespace postroom::test {
namespace {

using namespace mailbox;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Changes : public Conformance {
 protected:
  void deliver(int count) {
    for (int n = 1; n <= count; ++n) {
      world().deliver("Inbox", small_mail(n), {},
                      base::Instant{std::chrono::seconds{1'760'000'000 + n}});
    }
  }
};
INSTANTIATE_CONFORMANCE(Changes);

void expect_done(const std::vector<Outcome>& outcomes, const MessageSet& set) {
  EXPECT_EQ(outcomes.size(), set.size());
  for (std::size_t i = 0; i < std::min(outcomes.size(), set.size()); ++i) {
    EXPECT_EQ(outcomes[i].key, set[i]);
    EXPECT_FALSE(outcomes[i].error) << outcomes[i].error->message();
  }
}

TEST_P(Changes, FlagsGoOnAndOff) {
  deliver(3);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    const MessageSet two{all.at(0), all.at(2)};
    auto outcomes = co_await folder->flagging()->set_flag(two, Flag::flagged, true);
    expect_done(outcomes, two);
    const MessageSet one{all.at(2)};
    outcomes = co_await folder->flagging()->set_flag(one, Flag::seen, true);
    outcomes = co_await folder->flagging()->set_flag(one, Flag::flagged, false);
    expect_done(outcomes, one);
    Want want;
    want.flags = true;
    const auto seen = co_await list(*folder, Query::everything(), want);
    EXPECT_EQ(seen.size(), 3u);
    EXPECT_TRUE(seen[0].flags.flagged && !seen[0].flags.seen);
    EXPECT_FALSE(seen[1].flags.flagged || seen[1].flags.seen);
    EXPECT_TRUE(!seen[2].flags.flagged && seen[2].flags.seen);
  });
}

// P20: a message that another client has only marked must not go.
TEST_P(Changes, ForeignDeletedMessagesStay) {
  deliver(4);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    const MessageSet foreign{all.at(3)};
    co_await folder->flagging()->set_flag(foreign, Flag::deleted, true);
    const MessageSet moved{all.at(0)};
    auto outcomes = co_await folder->moving()->move(moved, "Trash");
    expect_done(outcomes, moved);
    const MessageSet removed{all.at(1)};
    outcomes = co_await folder->remove(removed, Removal::permanent);
    expect_done(outcomes, removed);
    if (!world.removes_one()) EXPECT_FALSE(outcomes.at(0).note.empty());

    const Query here{FlagTest{Flag::deleted, false}};
    Want want;
    want.envelope = true;
    std::vector<std::string> alive;
    const auto rest = co_await list(*folder, here, want);
    for (const Message& message : rest) alive.push_back(message.envelope.message_id);
    EXPECT_THAT(alive, ElementsAre("<3@sample>"));
    const auto in_folder = co_await ids(*folder);
    EXPECT_THAT(in_folder, testing::Contains("<4@sample>"));
    auto trash = co_await world.store().open("Trash", Access::read_only);
    const auto in_trash = co_await ids(*trash);
    EXPECT_THAT(in_trash, ElementsAre("<1@sample>"));
  });
}

TEST_P(Changes, CopiesLeaveTheOriginal) {
  deliver(2);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    const auto outcomes = co_await folder->moving()->copy(all, "Sent");
    expect_done(outcomes, all);
    const auto here = co_await ids(*folder);
    auto sent = co_await world.store().open("Sent", Access::read_only);
    const auto there = co_await ids(*sent);
    EXPECT_THAT(here, ElementsAre("<1@sample>", "<2@sample>"));
    EXPECT_THAT(there, UnorderedElementsAre("<1@sample>", "<2@sample>"));
    const auto new_keys = co_await keys(*sent);
    for (const Outcome& outcome : outcomes) {
      if (outcome.new_key) EXPECT_THAT(new_keys, testing::Contains(*outcome.new_key));
    }
  });
}

TEST_P(Changes, MovedMessagesHaveTheKeysThatWereTold) {
  deliver(3);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    const MessageSet set{all.at(2), all.at(0)};
    const auto outcomes = co_await folder->moving()->move(set, "Sent");
    expect_done(outcomes, set);
    auto sent = co_await world.store().open("Sent", Access::read_only);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      if (!outcomes[i].new_key) continue;
      base::StringSink sink;
      co_await sent->raw(*outcomes[i].new_key, sink);
      EXPECT_EQ(sink.text, small_mail(i == 0 ? 3 : 1));
    }
    const auto there = co_await ids(*sent);
    EXPECT_THAT(there, UnorderedElementsAre("<1@sample>", "<3@sample>"));
  });
}

TEST_P(Changes, TrashIsFoundByItsRole) {
  deliver(2);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("@inbox", Access::read_write);
    auto all = co_await keys(*folder);
    const MessageSet one{all.at(0)};
    const auto outcomes = co_await folder->remove(one, Removal::trash);
    expect_done(outcomes, one);
    auto trash = co_await world.store().open("@trash", Access::read_only);
    const auto there = co_await ids(*trash);
    EXPECT_THAT(there, ElementsAre("<1@sample>"));
  });
}

TEST_P(Changes, AMissingTargetChangesNothing) {
  deliver(1);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    std::string code;
    try {
      const auto outcomes = co_await folder->moving()->move(all, "Nowhere");
      for (const Outcome& outcome : outcomes) code = outcome.error ? outcome.error->code() : "";
    } catch (const base::Error& error) {
      code = error.code();
      EXPECT_TRUE(error.session_usable());
    }
    EXPECT_EQ(code, "folder.not_found");
    const auto here = co_await ids(*folder);
    EXPECT_THAT(here, ElementsAre("<1@sample>"));
  });
}

TEST_P(Changes, GoneMessagesSaySo) {
  deliver(1);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_write);
    auto all = co_await keys(*folder);
    co_await folder->moving()->move(all, "Trash");
    if (!world.removes_one()) co_return;  // there it is only flagged
    for (const MessageKey& key :
         {all.at(0), MessageKey{"nonsense"}, MessageKey{"Inbox:1:1"}, MessageKey{}}) {
      base::StringSink sink;
      std::string code;
      try {
        co_await folder->raw(key, sink);
      } catch (const base::Error& error) {
        code = error.code();
      }
      EXPECT_EQ(code, "message.gone") << key.text;
    }
    const MessageSet odd{MessageKey{"nonsense"}};
    const auto outcomes = co_await folder->moving()->move(odd, "Trash");
    EXPECT_TRUE(outcomes.at(0).error && outcomes.at(0).error->code() == "message.gone");
  });
}

TEST_P(Changes, AppendedMessagesAreThere) {
  run([](World& world) -> Task<void> {
    auto sent = co_await world.store().open("@sent", Access::read_write);
    Flags flags;
    flags.seen = true;
    const base::Instant when{std::chrono::seconds{1'760'000'000}};
    base::StringSource source(small_mail(9, "grüße"));
    const auto key = co_await sent->appending()->append(source, flags, when);
    if (world.tells_new_keys()) EXPECT_TRUE(key.has_value());
    Want want;
    want.flags = want.received = want.size = true;
    const auto all = co_await list(*sent, Query::everything(), want);
    EXPECT_EQ(all.size(), 1u);
    EXPECT_TRUE(all.at(0).flags.seen);
    EXPECT_EQ(all.at(0).received, when);
    EXPECT_EQ(all.at(0).size, source.size());
    if (key) EXPECT_EQ(all.at(0).key, *key);
    base::StringSink sink;
    co_await sent->raw(all.at(0).key, sink);
    EXPECT_EQ(sink.text, small_mail(9, "grüße"));
  });
}

TEST_P(Changes, ReadOnlyFoldersDoNotChange) {
  deliver(1);
  run([](World& world) -> Task<void> {
    auto folder = co_await world.store().open("Inbox", Access::read_only);
    auto all = co_await keys(*folder);
    bool has_failed = false;
    try {
      co_await folder->remove(all, Removal::permanent);
    } catch (const base::Error&) {
      has_failed = true;
    }
    EXPECT_TRUE(has_failed);
    const auto here = co_await ids(*folder);
    EXPECT_THAT(here, ElementsAre("<1@sample>"));
  });
}

}  // namespace
}  // namespace postroom::test
