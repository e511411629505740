// Rules of the engine that no random program shows: cancel, limit, on_error, plan, refused
// messages, warnings, renumbering, a throttled account.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "tests/model/world.hpp"

namespace postroom::model {
namespace {

using base::Error;
using base::ErrorKind;
using base::Task;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class Steps final : public flow::LoopBody {
 public:
  Task<flow::BodyResult> run(mailbox::Message& message, mailbox::Folder&,
                             flow::StepJournal& journal) override {
    const std::string& subject = message.envelope.subject;
    if (fails.contains(subject)) throw fails.at(subject);
    if (!journal.is_plan()) done.push_back(subject);
    journal.queue("0", {.verb = flow::TailVerb::move, .target = "Archive"});
    co_return flow::BodyResult{};
  }
  bool ends_loop(const Error& error) const override { return error.kind() == ErrorKind::throttled; }
  std::map<std::string, Error> fails;
  std::vector<std::string> done;
};

class Told final : public flow::RunEvents {
 public:
  void note(const flow::Note& note) override { notes.emplace_back(note.text); }
  void message_finished(const flow::MessageFinished& event) override {
    outcomes.push_back(std::string(event.message.subject) + " " +
                       std::string(to_string(event.outcome)));
  }
  std::vector<std::string> notes, outcomes;
};

Task<void> run_inbox(flow::LoopEngine& engine, mailbox::Store& store) {
  auto folder = co_await store.open("Inbox", mailbox::Access::read_write);
  co_await engine.run_folder(*folder);
}

class LoopRules : public testing::Test {
 protected:
  LoopRules() {
    static int scopes = 0;
    spec_.scope = "rules " + std::to_string(++scopes);
    spec_.path = "0";
    spec_.step_hashes = {"move"};
    spec_.attempts = 2;
  }
  mailbox::Message& add(const std::string& subject) {
    mailbox::Message message;
    message.envelope.subject = subject;
    message.envelope.message_id = "<" + subject + "@example.com>";
    mailbox_.add("Inbox", std::move(message));
    return mailbox_.folder("Inbox").messages.back().message;
  }
  flow::LoopReport run() {
    auto store = stores::open_memory_store(mailbox_);
    const std::string run = "run " + std::to_string(++runs_);
    flow::LoopContext context{.store = *store, .ledger = ledger_, .events = told_, .clock = clock_};
    context.run = run;
    context.owner = spec_.scope + run;
    context.check_cancelled = check_cancelled_;
    flow::LoopEngine engine(std::move(context), spec_, steps_);
    error_.reset();
    try {
      net::run(run_inbox(engine, *store));
    } catch (const Error& error) {
      error_ = error;
    }
    return engine.finish();
  }
  std::size_t count(std::string_view folder) { return mailbox_.folder(folder).messages.size(); }

  stores::MemoryMailbox mailbox_;
  state::SqliteLedger ledger_{shared_database()};
  base::ManualClock clock_;
  flow::LoopSpec spec_;
  Steps steps_;
  Told told_;
  std::function<Task<void>()> check_cancelled_;
  std::optional<Error> error_;
  int runs_ = 0;
};

TEST_F(LoopRules, CancelKeepsWhatWasDoneAndGivesTheRestBack) {
  for (const char* subject : {"a", "b", "c", "d"}) add(subject);
  int asked = 0;
  check_cancelled_ = [&asked]() -> Task<void> {
    if (++asked == 3) throw Error(ErrorKind::cancelled, "test.cancelled", "cancelled");
    return net::yield_turn();
  };
  flow::LoopReport report = run();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->kind(), ErrorKind::cancelled);
  EXPECT_EQ(report.counts.finished, 2u);
  EXPECT_EQ(report.counts.released, 2u);
  EXPECT_EQ(count("Archive"), 2u);
  check_cancelled_ = {};
  EXPECT_EQ(run().counts.finished, 2u);
  EXPECT_THAT(steps_.done, ElementsAre("a", "b", "c", "d"));
}

TEST_F(LoopRules, ALimitCountsMessagesWhoseBodyRan) {
  for (const char* subject : {"a", "b", "c"}) add(subject);
  spec_.limit = 2;
  EXPECT_TRUE(run().reached_limit);
  EXPECT_THAT(steps_.done, ElementsAre("a", "b"));
  run();
  EXPECT_THAT(steps_.done, ElementsAre("a", "b", "c"));
  spec_.limit = 0;
  add("d");
  run();
  EXPECT_EQ(steps_.done.size(), 3u);
}

TEST_F(LoopRules, ContinueHasNoBudget) {
  add("a");
  add("b");
  spec_.on_error = flow::OnError::go_on;
  steps_.fails.emplace("a", Error(ErrorKind::refused, "test.no", "no"));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(run().counts.failed, 1u);
  EXPECT_THAT(steps_.done, ElementsAre("b"));
  steps_.fails.clear();
  EXPECT_EQ(run().counts.finished, 1u);
}

TEST_F(LoopRules, StopEndsTheRunWithTheMessagesError) {
  add("a");
  add("b");
  spec_.on_error = flow::OnError::stop;
  steps_.fails.emplace("a", Error(ErrorKind::refused, "test.no", "no"));
  const flow::LoopReport report = run();
  EXPECT_TRUE(report.stops_run);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->code(), "test.no");
  EXPECT_TRUE(steps_.done.empty());
}

TEST_F(LoopRules, APlanChangesNothingAndIsNotRemembered) {
  add("a");
  add("b");
  spec_.mode = flow::Mode::plan;
  EXPECT_EQ(run().counts.finished, 2u);
  EXPECT_EQ(run().counts.finished, 2u);
  EXPECT_EQ(count("Archive"), 0u);
  spec_.mode = flow::Mode::run;
  EXPECT_EQ(run().counts.finished, 2u);
  EXPECT_EQ(count("Archive"), 2u);
}

TEST_F(LoopRules, ARefusedMessageIsCountedRememberedAndTriedAgain) {
  add("a");
  add("b").refusal = Error(ErrorKind::network, "imap.unavailable", "internal error")
                         .set_transient(true)
                         .set_session_usable(true);
  add("c");
  EXPECT_EQ(run().counts.failed, 1u);
  EXPECT_FALSE(error_);
  EXPECT_THAT(steps_.done, ElementsAre("a", "c"));
  EXPECT_EQ(run().counts.quarantined, 1u);
  EXPECT_EQ(run().counts.still_quarantined, 1u);
  EXPECT_THAT(told_.outcomes, Contains("b failed"));
  EXPECT_EQ(count("Inbox"), 1u);
}

TEST_F(LoopRules, AWarningIsSaidOfItsMessageAndCounted) {
  add("a").warnings = {"the text was cut"};
  const flow::LoopReport report = run();
  EXPECT_EQ(report.warnings, 1u);
  EXPECT_EQ(report.counts.finished, 1u);
  EXPECT_THAT(told_.notes, ElementsAre(HasSubstr("\"a\" in Inbox: the text was cut")));
}

TEST_F(LoopRules, AFolderRenumberedInTheMiddleIsListedAgainAndNothingIsDoneTwice) {
  for (const char* subject : {"a", "b", "c", "d", "e", "f"}) add(subject);
  mailbox_.page_size = 2;
  int reads = 0;
  mailbox_.on_read = [&] {
    if (++reads != 5) return;
    mailbox_.renumber("Inbox");
    throw Error(ErrorKind::refused, "folder.renumbered", "renumbered")
        .set_transient(true)
        .set_session_usable(true);
  };
  const flow::LoopReport report = run();
  EXPECT_FALSE(error_) << error_->message();
  EXPECT_EQ(report.counts.finished, 6u);
  EXPECT_EQ(report.counts.examined, 6u);
  EXPECT_THAT(steps_.done, ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_EQ(count("Archive"), 6u);
}

TEST_F(LoopRules, AFolderThatIsRenumberedEachTimeEndsTheRun) {
  add("a");
  steps_.fails.emplace("a", Error(ErrorKind::refused, "folder.renumbered", "renumbered"));
  run();
  ASSERT_TRUE(error_);
  EXPECT_EQ(error_->code(), "folder.renumbered");
  steps_.fails.clear();
  const flow::LoopReport report = run();
  EXPECT_EQ(report.counts.finished, 1u) << "it cost no attempt";
}

TEST_F(LoopRules, AThrottledAccountEndsTheLoopAndCostsNoAttempt) {
  add("a");
  add("b");
  steps_.fails.emplace(
      "a", Error(ErrorKind::throttled, "imap.throttled", "slow down").set_session_usable(true));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(run().counts.failed, 0u);
    ASSERT_TRUE(error_);
    EXPECT_EQ(error_->kind(), ErrorKind::throttled);
  }
  steps_.fails.clear();
  EXPECT_EQ(run().counts.finished, 2u);
}

}  // namespace
}  // namespace postroom::model
