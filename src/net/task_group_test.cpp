#include "net/task_group.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "net/with_timeout.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;
using namespace std::chrono_literals;

constexpr auto for_ever = std::chrono::hours(1);

Task<int> give(int value) {
  co_await yield_turn();
  co_return value;
}

Task<void> fail_at_once() {
  throw std::runtime_error("broken");
  co_return;
}

Task<void> fail_later() {
  co_await yield_turn();
  throw Error(ErrorKind::refused, "test.refused", "no");
}

// Notes how it ended.
Task<void> sleeper(std::string& end) {
  try {
    co_await pause(for_ever);
    end = "slept";
  } catch (const Error& error) {
    end = error.code();
    throw;
  }
}

ErrorKind kind_of(Task<void> task) {
  try {
    run(std::move(task));
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no Error";
  return ErrorKind::internal;
}

// Runs `task` as a child that is cancelled once it has reached its first wait, and joins.
Task<void> cancel_after_start(TaskGroup& group, Task<void> task) {
  co_await group.spawn(std::move(task));
  group.cancel();
}
Task<void> run_cancelled(Task<void> task) {
  co_await run_group(&cancel_after_start, std::move(task));
}

TEST(Run, GivesResultAndException) {
  EXPECT_EQ(run(give(7)), 7);
  EXPECT_THROW(run(fail_at_once()), std::runtime_error);
}

TEST(WithTimeout, GivesTheResultAndTheInnersOwnFailure) {
  EXPECT_EQ(run(with_timeout(1h, "giving", give(3))), 3);
  EXPECT_EQ(run(with_timeout(0ms, "giving", give(4))), 4);
  EXPECT_EQ(kind_of(with_timeout(1h, "failing", fail_later())), ErrorKind::refused);
  EXPECT_THROW(run(with_timeout(1h, "failing", fail_at_once())), std::runtime_error);
}

TEST(WithTimeout, EndsTheTaskBeforeItReports) {
  std::string end;
  try {
    run(with_timeout(1ms, "sleeping", sleeper(end)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::timed_out);
    EXPECT_EQ(error.code(), "net.timed_out");
    EXPECT_TRUE(error.message().starts_with("sleeping took longer than")) << error.message();
    EXPECT_TRUE(error.transient());
  }
  EXPECT_EQ(end, "net.cancelled");
}

Task<void> swallow_cancellation_once(int& tries) {
  try {
    ++tries;
    co_await pause(for_ever);
  } catch (const Error&) {
  }
  ++tries;
  co_await pause(for_ever);  // must not sleep: the cancellation is not forgotten
}

TEST(WithTimeout, CancellationIsNotForgottenByATaskThatCaughtIt) {
  int tries = 0;
  EXPECT_EQ(kind_of(with_timeout(1ms, "sleeping", swallow_cancellation_once(tries))),
            ErrorKind::timed_out);
  EXPECT_EQ(tries, 2);
}

TEST(WithTimeout, PassesOnTheParentsCancellationThroughEveryLevel) {
  std::string end;
  std::string seen;
  auto outer = [](std::string& inner_end, std::string& outer_end) -> Task<void> {
    Task<void> level2 = with_timeout(1h, "inner", sleeper(inner_end));
    try {
      co_await with_timeout(1h, "outer", std::move(level2));
    } catch (const Error& error) {
      outer_end = error.code();
      throw;
    }
  };
  run(run_cancelled(outer(end, seen)));
  EXPECT_EQ(end, "net.cancelled");
  EXPECT_EQ(seen, "net.cancelled");
}

Task<void> say_goodbye(std::vector<std::string>& log) {
  co_await pause(1ms);
  co_await yield_turn();
  log.push_back("goodbye");
}

Task<void> work_then_goodbye(std::vector<std::string>& log) {
  std::exception_ptr failure;
  try {
    co_await pause(for_ever);
  } catch (const Error& error) {
    log.push_back(error.code());
    failure = std::current_exception();
  }
  co_await shielded(1h, "saying goodbye", say_goodbye(log));
  log.push_back("after");
  co_await yield_turn();
  log.push_back("not reached");
}

TEST(Shielded, RunsInACancelledTaskAndDoesNotHideTheCancellation) {
  std::vector<std::string> log;
  run(run_cancelled(work_then_goodbye(log)));
  EXPECT_EQ(log, (std::vector<std::string>{"net.cancelled", "goodbye", "after"}));
}

Task<void> only_goodbye(std::vector<std::string>& log) {
  co_await shielded(1h, "saying goodbye", say_goodbye(log));
}

TEST(Shielded, SurvivesACancellationThatArrivesMeanwhile) {
  std::vector<std::string> log;
  run(run_cancelled(only_goodbye(log)));
  EXPECT_EQ(log, std::vector<std::string>{"goodbye"});
}

TEST(Shielded, HasALimit) {
  std::string end;
  EXPECT_EQ(kind_of(shielded(1ms, "goodbye", sleeper(end))), ErrorKind::timed_out);
  EXPECT_EQ(end, "net.cancelled");
}

Task<void> sleep_and_fail(TaskGroup& group, std::string& a, std::string& b) {
  co_await group.spawn(sleeper(a));
  co_await group.spawn(fail_later());
  co_await group.spawn(sleeper(b));
  EXPECT_EQ(group.running(), 3u);
}

TEST(TaskGroup, FirstFailureCancelsTheOthersAndIsRethrown) {
  std::string a, b;
  auto all = [](std::string& first, std::string& second) -> Task<void> {
    co_await run_group(&sleep_and_fail, first, second);
  };
  EXPECT_EQ(kind_of(all(a, b)), ErrorKind::refused);
  EXPECT_EQ(a, "net.cancelled");
  EXPECT_EQ(b, "net.cancelled");
}

Task<void> fail_then_start(TaskGroup& group, std::string& late) {
  co_await group.spawn(fail_at_once());
  co_await group.spawn(sleeper(late));
}

TEST(TaskGroup, AChildStartedAfterAFailureIsCancelled) {
  std::string late;
  auto all = [](std::string& end) -> Task<void> { co_await run_group(&fail_then_start, end); };
  EXPECT_THROW(run(all(late)), std::runtime_error);
  EXPECT_EQ(late, "net.cancelled");
}

Task<void> start_then_throw(TaskGroup& group, std::string& end) {
  co_await group.spawn(sleeper(end));
  throw Error(ErrorKind::config, "test.body", "the body failed");
}

TEST(TaskGroup, ABodyThatThrowsWaitsForItsChildren) {
  std::string end;
  auto all = [](std::string& child_end) -> Task<void> {
    co_await run_group(&start_then_throw, child_end);
  };
  EXPECT_EQ(kind_of(all(end)), ErrorKind::config);
  EXPECT_EQ(end, "net.cancelled");
}

Task<void> start_and_cancel(TaskGroup& group, std::string& end) {
  co_await group.spawn(sleeper(end));
  group.cancel();
}

TEST(TaskGroup, CancelIsNotAFailure) {
  std::string end;
  auto all = [](std::string& child_end) -> Task<void> {
    co_await run_group(&start_and_cancel, child_end);
  };
  run(all(end));
  EXPECT_EQ(end, "net.cancelled");
}

Task<void> cancel_own_group_then_sleep(TaskGroup& group, std::string& end) {
  group.cancel();
  co_await sleeper(end);
}
Task<void> start_self_cancelling(TaskGroup& group, std::string& end) {
  co_await yield_turn();
  Task<void> child = cancel_own_group_then_sleep(group, end);
  co_await group.spawn(std::move(child));
}

TEST(TaskGroup, ACancellationBetweenTwoOperationsIsNotLost) {
  std::string end;
  auto all = [](std::string& child_end) -> Task<void> {
    co_await run_group(&start_self_cancelling, child_end);
  };
  run(all(end));
  EXPECT_EQ(end, "net.cancelled");
}

Task<void> join_sleeper(std::string& end, std::string& joined) {
  TaskGroup group;
  co_await group.spawn(sleeper(end));
  try {
    co_await group.join();
  } catch (const Error& error) {
    joined = error.code();
    throw;
  }
}

TEST(TaskGroup, JoinPassesOnTheParentsCancellation) {
  std::string end, joined;
  run(run_cancelled(join_sleeper(end, joined)));
  EXPECT_EQ(end, "net.cancelled");
  EXPECT_EQ(joined, "net.cancelled");
}

TEST(RunBlocking, RunsElsewhereAndBringsTheExceptionBack) {
  std::thread::id worker;
  run(run_blocking([&] { worker = std::this_thread::get_id(); }));
  EXPECT_NE(worker, std::thread::id());
  EXPECT_NE(worker, std::this_thread::get_id());
  EXPECT_THROW(run(run_blocking([] { throw std::runtime_error("broken"); })), std::runtime_error);
}

Task<void> block_until(std::atomic<bool>& released, std::atomic<bool>& ended, std::string& seen) {
  try {
    co_await run_blocking([&] {
      released.wait(false);
      ended = true;
    });
  } catch (const Error& error) {
    seen = error.code();
    throw;
  }
}
Task<void> cancel_and_release(TaskGroup& group, std::atomic<bool>& released,
                              std::atomic<bool>& ended, std::string& seen) {
  Task<void> blocked = block_until(released, ended, seen);
  co_await group.spawn(std::move(blocked));
  group.cancel();
  co_await pause(1ms);
  EXPECT_EQ(group.running(), 1u);  // started work is waited for
  released = true;
  released.notify_all();
}

TEST(RunBlocking, CancellationWaitsForTheWork) {
  std::atomic<bool> released = false, ended = false;
  std::string seen;
  auto all = [](std::atomic<bool>& a, std::atomic<bool>& b, std::string& c) -> Task<void> {
    co_await run_group(&cancel_and_release, a, b, c);
  };
  run(all(released, ended, seen));
  EXPECT_TRUE(ended);
  EXPECT_EQ(seen, "net.cancelled");
}

Task<void> signal_self_then_sleep(int signal) {
  co_await yield_turn();
  ::raise(signal);
  co_await pause(for_ever);
}

TEST(RunUntilSignal, CancelsTheTask) {
  for (int signal : {SIGINT, SIGTERM}) {
    int calls = 0;
    try {
      run_until_signal(signal_self_then_sleep(signal), [&] { ++calls; });
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::cancelled);
    }
    EXPECT_EQ(calls, 1);
  }
}

TEST(RunUntilSignal, ReturnsWithoutASignal) {
  int calls = 0;
  run_until_signal(pause(1ms), [&] { ++calls; });
  EXPECT_EQ(calls, 0);
}

Task<void> signal_self_twice() {
  ::raise(SIGINT);
  ::raise(SIGINT);
  co_return;
}

TEST(RunUntilSignalDeathTest, ASecondSignalEndsTheProcess) {
  EXPECT_EXIT(run_until_signal(signal_self_twice(), [] {}), ::testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace postroom::net
