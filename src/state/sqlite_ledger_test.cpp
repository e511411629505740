#include "state/sqlite_ledger.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "state/owner.hpp"
#include "state/run_log.hpp"
#include "state/schema.hpp"
#include "tests/support/temp_dir.hpp"

namespace postroom::state {
namespace {

using std::chrono::seconds;

ClaimTerms terms_of(std::string_view owner, std::string_view run, base::Instant now) {
  ClaimTerms terms;
  terms.scope = "flow/mail/a@example.com";
  terms.folder = "Inbox";
  terms.owner = owner;
  terms.run = run;
  terms.now = now;
  terms.lease_until = now + seconds(60);
  return terms;
}

const std::vector<MessageName> two{{"k1", "f1", "<1>"}, {"k2", "", ""}};

class LedgerTest : public testing::Test {
 protected:
  Database database_{":memory:", state_migrations()};
  SqliteLedger ledger_{database_};
  base::ManualClock clock_;
};

Ending finished(EntryId entry) {
  Ending ending;
  ending.entry = entry;
  return ending;
}

TEST_F(LedgerTest, FinishedIsDoneByKeyAndByIdentity) {
  auto claims = ledger_.claim(terms_of("o", "r1", clock_.now()), two);
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_TRUE(claims[0].is_new);
  Ending endings[] = {finished(claims[0].entry.id), finished(claims[1].entry.id)};
  EXPECT_TRUE(ledger_.end("o", endings, clock_.now()).empty());

  std::vector<MessageName> later{
      {"k1", "", ""}, {"moved", "f1", "<1>"}, {"k2", "", ""}, {"k3", "", ""}, {"k4", "f2", "<1>"}};
  claims = ledger_.claim(terms_of("o2", "r2", clock_.now()), later);
  ASSERT_EQ(claims.size(), 5u);
  EXPECT_EQ(claims[0].verdict, Verdict::finished);
  EXPECT_EQ(claims[1].verdict, Verdict::finished);
  EXPECT_EQ(claims[2].verdict, Verdict::finished);
  EXPECT_EQ(claims[3].verdict, Verdict::claimed);
  EXPECT_EQ(claims[4].verdict, Verdict::claimed) << "the Message-ID alone suppresses nothing";
}

TEST_F(LedgerTest, AKeyThatTheServerGivesToAnotherMessageSuppressesNothing) {
  std::vector<MessageName> before{{"k1", "f1", "<1>"}};
  auto claims = ledger_.claim(terms_of("o", "r1", clock_.now()), before);
  Ending ending = finished(claims[0].entry.id);
  ledger_.end("o", {&ending, 1}, clock_.now());
  std::vector<MessageName> reused{{"k1", "f9", "<9>"}};
  EXPECT_FALSE(ledger_.standing("flow/mail/a@example.com", reused)[0]);
  claims = ledger_.claim(terms_of("o2", "r2", clock_.now()), reused);
  ASSERT_EQ(claims.size(), 1u);
  EXPECT_EQ(claims[0].verdict, Verdict::claimed);
  EXPECT_TRUE(claims[0].is_new);
  std::vector<MessageName> moved{{"k2", "f1", "<1>"}};
  claims = ledger_.claim(terms_of("o2", "r2", clock_.now()), moved);
  EXPECT_EQ(claims[0].verdict, Verdict::finished) << "the first one is known all the same";
}

TEST_F(LedgerTest, AClaimIsBusyUntilItsLeaseEnds) {
  ASSERT_EQ(ledger_.claim(terms_of("a", "r1", clock_.now()), two).size(), 2u);
  auto other = ledger_.claim(terms_of("b", "r2", clock_.now()), two);
  EXPECT_EQ(other[0].verdict, Verdict::busy);
  clock_.advance(seconds(60));
  auto taken = ledger_.claim(terms_of("b", "r2", clock_.now()), two);
  ASSERT_EQ(taken.size(), 1u) << "what a process died under is taken alone";
  EXPECT_EQ(taken[0].verdict, Verdict::claimed);
  EXPECT_EQ(taken[0].entry.crashes, 1);
  Ending ending = finished(taken[0].entry.id);
  EXPECT_EQ(ledger_.end("a", {&ending, 1}, clock_.now()), std::vector<EntryId>{ending.entry})
      << "a has lost it";
  EXPECT_TRUE(ledger_.end("b", {&ending, 1}, clock_.now()).empty());
}

TEST_F(LedgerTest, AnIntentWithoutARecordBecomesUncertainAndIsNotClaimed) {
  auto claims = ledger_.claim(terms_of("a", "r1", clock_.now()), two);
  EntryId id = claims[0].entry.id;
  ASSERT_TRUE(ledger_.intend({id, "a"}, {"0", StepState::intended, "<out>"}, {}, {},
                             clock_.now() + seconds(60)));
  clock_.advance(seconds(61));
  auto swept = ledger_.sweep_uncertain(terms_of("b", "r2", clock_.now()));
  ASSERT_EQ(swept.size(), 1u);
  EXPECT_EQ(swept[0].steps.at(0).value, "<out>");
  auto again = ledger_.claim(terms_of("c", "r3", clock_.now()), std::span(two).first(1));
  EXPECT_EQ(again.at(0).verdict, Verdict::uncertain);
  ASSERT_TRUE(ledger_.retry(id, Ledger::Intended::done, clock_.now()));
  again = ledger_.claim(terms_of("d", "r4", clock_.now()), std::span(two).first(1));
  ASSERT_EQ(again.at(0).verdict, Verdict::claimed);
  EXPECT_EQ(again.at(0).steps.at(0).state, StepState::done);
}

// After `retry` the flow as it is now goes on: the steps done before count, whatever they were.
TEST_F(LedgerTest, RetryForgetsHowTheFinishedStepsRead) {
  auto claims = ledger_.claim(terms_of("a", "r1", clock_.now()), two);
  EntryId id = claims[0].entry.id;
  ASSERT_TRUE(ledger_.record({id, "a"}, {"0", StepState::done, "x"}, {}, {0, "as it was"},
                             clock_.now() + seconds(60)));
  Ending ending{.entry = id, .state = EntryState::quarantined, .progress = {0, "as it was"}};
  ending.steps = {{"0", StepState::done, "x"}};
  ledger_.end("a", std::span(&ending, 1), clock_.now());
  ASSERT_TRUE(ledger_.retry(id, Ledger::Intended::not_done, clock_.now()));
  auto again = ledger_.claim(terms_of("b", "r2", clock_.now()), std::span(two).first(1));
  ASSERT_EQ(again.at(0).verdict, Verdict::claimed);
  EXPECT_TRUE(again.at(0).entry.has_progress);
  EXPECT_EQ(again.at(0).entry.prefix, "");
}

TEST_F(LedgerTest, ReleaseGivesBackAsItWas) {
  auto claims = ledger_.claim(terms_of("a", "r1", clock_.now()), two);
  EntryId ids[] = {claims[0].entry.id, claims[1].entry.id};
  ledger_.release("a", ids, clock_.now());
  auto standing = ledger_.standing("flow/mail/a@example.com", two);
  EXPECT_FALSE(standing[0] || standing[1]);
}

TEST(LedgerFile, IsPrivateAndSurvivesReopeningAndTwoHandles) {
  test::TempDir dir;
  auto file = dir.path() / "state" / "state.db";
  base::ManualClock clock;
  {
    Database first(file, state_migrations()), second(file, state_migrations());
    SqliteLedger a(first), b(second);
    auto claims = a.claim(terms_of("a", "r1", clock.now()), two);
    EXPECT_EQ(b.claim(terms_of("b", "r2", clock.now()), two).at(0).verdict, Verdict::busy);
    Ending ending = finished(claims[0].entry.id);
    a.end("a", {&ending, 1}, clock.now());
  }
  struct stat facts{};
  ASSERT_EQ(::stat(file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(file.parent_path().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  Database reopened(file, state_migrations());
  SqliteLedger ledger(reopened);
  EXPECT_EQ(ledger.claim(terms_of("c", "r3", clock.now()), two).at(0).verdict, Verdict::finished);
}

TEST_F(LedgerTest, AFullDiskIsAnErrorAndChangesNothing) {
  database_.execute("PRAGMA max_page_count = 1");
  std::vector<MessageName> many;
  for (int i = 0; i < 5000; ++i)
    many.push_back({"key " + std::to_string(i), std::string(64, 'f') + std::to_string(i), ""});
  auto terms = terms_of("a", "r1", clock_.now());
  terms.most = many.size();
  try {
    ledger_.claim(terms, many);
    FAIL() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "state.disk_full");
  }
  database_.execute("PRAGMA max_page_count = 100000");
  EXPECT_FALSE(ledger_.standing("flow/mail/a@example.com", many)[0]);
}

TEST(Owner, KnowsItselfAliveAndAnotherProcessNumberDead) {
  std::string me = new_owner();
  EXPECT_FALSE(is_surely_dead(me));
  EXPECT_FALSE(is_surely_dead("elsewhere/boot/1/2/3"));
  EXPECT_FALSE(is_surely_dead(""));
  auto end = me.rfind('/');
  std::string older = me;
  older.insert(end, "9");  // the same number, another start time
  EXPECT_TRUE(is_surely_dead(older));
}

TEST(RunLogTest, KeepsRunsMessagesAndChanges) {
  Database database(":memory:", state_migrations());
  RunLog log(database);
  base::ManualClock clock;
  log.start({.id = "run1", .flow_id = "f", .started = clock.now()});
  MessageRecord message;
  message.run = "run1";
  message.key = "k1";
  message.outcome = "finished";
  log.add(message);
  ChangeRecord change;
  change.run = "run1";
  change.verb = "move";
  log.add(change);
  log.finish("run1", clock.now(), 0, "", "{}");
  EXPECT_EQ(log.messages("run1").at(0).key, "k1");
  EXPECT_EQ(log.changes("run1").at(0).verb, "move");
  EXPECT_EQ(log.find("ru").at(0).exit_code, 0);
  EXPECT_EQ(log.history("k1").size(), 1u);
}

}  // namespace
}  // namespace postroom::state
