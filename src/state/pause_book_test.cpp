#include "state/pause_book.hpp"

#include <gtest/gtest.h>

#include "state/numberings.hpp"
#include "state/schema.hpp"
#include "tests/support/temp_dir.hpp"

namespace postroom::state {
namespace {

using namespace std::chrono_literals;
using Keep = PauseBook::Keep;

const base::Instant noon{std::chrono::milliseconds{1'790'000'000'000}};

TEST(PauseBook, TellsOtherProcessesUntilWhen) {
  test::TempDir folder;
  Database one(folder.path() / "state.db", state_migrations());
  Database other(folder.path() / "state.db", state_migrations());
  PauseBook here(one, Keep::durable), there(other, Keep::durable);
  EXPECT_EQ(there.until("a", noon), std::nullopt);
  here.note("a", noon + 5min, noon);
  EXPECT_EQ(there.until("a", noon), noon + 5min);
  EXPECT_EQ(there.until("a", noon + 5min), std::nullopt);
  EXPECT_EQ(there.until("b", noon), std::nullopt);
}

TEST(PauseBook, AShorterPauseDoesNotEndALongerOne) {
  Database database(":memory:", state_migrations());
  PauseBook book(database, Keep::durable);
  book.note("a", noon + 5min, noon);
  book.note("a", noon + 1min, noon);
  EXPECT_EQ(book.until("a", noon), noon + 5min);
  PauseBook another(database, Keep::durable);
  EXPECT_EQ(another.until("a", noon), noon + 5min);
}

TEST(PauseBook, WhatAWrongClockNotedIsNotKept) {
  Database database(":memory:", state_migrations());
  const base::Instant years_ahead = noon + 24h * 3650;
  PauseBook then(database, Keep::durable);
  then.note("a", years_ahead + 5min, years_ahead);
  PauseBook now(database, Keep::durable);
  for (PauseBook* book : {&then, &now}) EXPECT_EQ(book->until("a", noon), std::nullopt);
  then.note("a", noon + 5min, noon);
  for (PauseBook* book : {&then, &now}) EXPECT_EQ(book->until("a", noon), noon + 5min);
}

TEST(PauseBook, ALongerPauseThanAnyProviderAsksForIsKeptForADay) {
  Database database(":memory:", state_migrations());
  PauseBook book(database, Keep::durable);
  book.note("a", noon + 72h, noon);
  EXPECT_EQ(book.until("a", noon), noon + longest_pause_kept);
}

TEST(PauseBook, APlanLeavesNoTraceAndObeysAllTheSame) {
  Database database(":memory:", state_migrations());
  PauseBook run(database, Keep::durable), plan(database, Keep::in_memory);
  run.note("a", noon + 1min, noon);
  EXPECT_EQ(plan.until("a", noon), noon + 1min);
  plan.note("a", noon + 9min, noon);
  EXPECT_EQ(plan.until("a", noon), noon + 9min);
  EXPECT_EQ(run.until("a", noon), noon + 1min);
}

TEST(Numberings, TellTheOneBefore) {
  Database database(":memory:", state_migrations());
  Numberings numberings(database);
  EXPECT_EQ(numberings.replace("a", "Inbox", "7"), std::nullopt);
  EXPECT_EQ(numberings.replace("a", "Inbox", "7"), "7");
  EXPECT_EQ(numberings.replace("a", "Inbox", "8"), "7");
  EXPECT_EQ(numberings.replace("a", "Sent", "8"), std::nullopt);
  EXPECT_EQ(numberings.replace("b", "Inbox", "1"), std::nullopt);
}

}  // namespace
}  // namespace postroom::state
