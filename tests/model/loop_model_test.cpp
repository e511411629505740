// Random programs on random mailboxes; the process dies at every moment around every write, is
// started again, and the promises of docs/design/loop.md must hold.
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "tests/model/world.hpp"

namespace postroom::model {
namespace {

struct Case {
  Program program;
  std::vector<int> numbers;  // with repetitions: the same mail twice
  bool has_one_without_id = false;
  bool moves_at_once = true;
  int foreign =
      0;  // what another client does between the runs: 0 nothing, 1 an arrival, 2 renumbering
};

Case random_case(unsigned seed) {
  std::mt19937 random(seed);
  Case made;
  made.program = random_program(random);
  int count = 1 + static_cast<int>(random() % 5);
  for (int i = 0; i < count; ++i) made.numbers.push_back(i);
  if (random() % 3 == 0) made.numbers.push_back(0);
  made.has_one_without_id = random() % 3 == 0;
  made.moves_at_once = random() % 3 != 0;
  made.foreign = static_cast<int>(random() % 3);
  if (made.has_one_without_id && made.foreign == 2)
    made.foreign = 1;  // then nothing could tell it from a new one
  return made;
}

std::unique_ptr<World> make_world(const Case& of, state::Ledger& ledger) {
  static int counter = 0;
  auto world = std::make_unique<World>(of.program, ledger, "scope " + std::to_string(++counter));
  world->mailbox.moves_at_once = of.moves_at_once;
  world->allows_double_move = !of.moves_at_once;
  for (int number : of.numbers) world->add(number);
  if (of.has_one_without_id) world->add(100, false);
  return world;
}

void meddle(World& world, const Case& of) {
  if (of.foreign == 1) world.add(200);
  if (of.foreign == 2) world.mailbox.renumber("Inbox");
}

constexpr unsigned programs = 150;

TEST(LoopModel, KeepsItsPromisesWhateverWriteTheProcessDiesAt) {
  state::SqliteLedger ledger(shared_database());
  int cases = 0;
  for (unsigned seed = 1; seed <= programs; ++seed) {
    Case made = random_case(seed);
    Fate peaceful;
    auto world = make_world(made, ledger);
    ASSERT_TRUE(world->run_once(peaceful));
    meddle(*world, made);
    world->run_to_the_end();
    ASSERT_EQ(world->broken_promise(false), "") << "seed " << seed << " without a crash";
    for (int at = 1; at <= peaceful.moments; ++at) {
      auto dying = make_world(made, ledger);
      Fate fate{.at = at};
      ASSERT_FALSE(dying->run_once(fate));
      meddle(*dying, made);
      dying->run_to_the_end();
      ASSERT_EQ(dying->broken_promise(true), "") << "seed " << seed << " dying at moment " << at;
      ++cases;
    }
    shared_database().execute("DELETE FROM steps; DELETE FROM entries;");
  }
  EXPECT_GT(cases, 1000);
}

TEST(LoopModel, KeepsItsPromisesWhenTheRecoveryDiesToo) {
  state::SqliteLedger ledger(shared_database());
  for (unsigned seed = 1; seed <= programs; ++seed) {
    Case made = random_case(1000 + seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 10; ++round) {
      auto world = make_world(made, ledger);
      for (int deaths = 0; deaths < 3; ++deaths) {
        Fate fate{.at = 1 + static_cast<int>(random() % 40)};
        world->run_once(fate);
        world->clock.advance(std::chrono::seconds(61));
      }
      meddle(*world, made);
      world->run_to_the_end();
      ASSERT_EQ(world->broken_promise(true), "") << "seed " << seed << " round " << round;
    }
    shared_database().execute("DELETE FROM steps; DELETE FROM entries;");
  }
}

// Two processes that take turns at random, each stopped in the middle of whatever it does.
class Turns {
 public:
  explicit Turns(unsigned seed) : random_(seed) {}

  void begin(int me) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return whose_ == me; });
  }
  void maybe_pass(int me) {
    std::unique_lock lock(mutex_);
    if (is_gone_[1 - me] || random_() % 2 == 0) return;
    whose_ = 1 - me;
    changed_.notify_all();
    changed_.wait(lock, [&] { return whose_ == me; });
  }
  void leave(int me) {
    std::unique_lock lock(mutex_);
    is_gone_[me] = true;
    whose_ = 1 - me;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::mt19937 random_;
  int whose_ = 0;
  bool is_gone_[2] = {false, false};
};

thread_local int this_process = 0;

TEST(LoopModel, TwoProcessesShareAMailboxAndDoNothingTwice) {
  state::SqliteLedger ledger(shared_database());
  for (unsigned seed = 1; seed <= 60; ++seed) {
    Case made = random_case(2000 + seed);
    auto world = make_world(made, ledger);
    Turns turns(seed);
    Fate shared;  // both look at it in turn, and neither dies
    shared.turn = [&turns] { turns.maybe_pass(this_process); };
    auto process = [&](int me) {
      this_process = me;
      turns.begin(me);
      world->run_once(shared);
      turns.leave(me);
    };
    {
      std::jthread first(process, 0);
      std::jthread second(process, 1);
    }
    meddle(*world, made);
    world->run_to_the_end();
    ASSERT_EQ(world->broken_promise(false), "") << "seed " << seed;
    shared_database().execute("DELETE FROM steps; DELETE FROM entries;");
  }
}

}  // namespace
}  // namespace postroom::model
