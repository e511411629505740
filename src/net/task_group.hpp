// Running tasks: the program's loop, and children that never outlive their parent. The only place
// with co_spawn.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/task.hpp"

namespace postroom::net {

using base::Task;

// Runs `task` on a loop of its own in this thread and returns when it has ended; its exception is
// rethrown. For main, for tests, and for blocking callers of the library.
void run(Task<void> task);

// The same; SIGINT and SIGTERM cancel the task (it ends with Error{cancelled}) and call `on_signal`
// once. A second signal ends the process with status 130.
void run_until_signal(Task<void> task, std::function<void()> on_signal);

template <class T>
T run(Task<T> task) {
  std::optional<T> result;
  auto wrapper = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
    out = co_await std::move(inner);
  };
  run(wrapper(std::move(task), result));
  return std::move(*result);
}

// Pauses this task. Throws Error{cancelled}.
Task<void> pause(std::chrono::milliseconds duration);

// Gives other tasks of this loop a turn, and throws Error{cancelled} if this task has been
// cancelled.
Task<void> yield_turn();

// Runs blocking work (key derivation, SQLite, big parses) on a pool of threads; the exception
// travels back. Work that has started is always waited for, so it may refer to the caller's
// variables: cancellation shows after it.
Task<void> run_blocking(std::function<void()> work);

// Children that run side by side on their parent's loop and thread. The first child that fails
// cancels the others.
//
// Every path out of the parent must pass join(), as with std::jthread's older brother: a group
// destroyed while a child still runs ends the process, because the child may refer to the parent's
// variables. run_group() sees to it.
class TaskGroup {
 public:
  TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  // Starts `child` now; it runs until its first wait before this returns. A child started after
  // cancel() or after a failure is cancelled from the start.
  Task<void> spawn(Task<void> child);

  // Asks every child to stop. Children that then end with Error{cancelled} have not failed.
  void cancel() noexcept;

  std::size_t running() const noexcept;

  // Waits for all children, then rethrows the first failure. If this task is cancelled meanwhile,
  // so are the children, and join() throws Error{cancelled} once they have ended. The group may be
  // used again afterwards.
  Task<void> join();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Runs `body(group, args...)` and then joins: if the body throws, the children are cancelled and
// waited for, and its exception travels on. `body` is a function or a lambda that captures nothing;
// args outlive the call.
//   co_await run_group(&watch_both, inbox, junk);
template <class... Params, class... Args>
Task<void> run_group(Task<void> (*body)(TaskGroup&, Params...), Args&&... args) {
  return [](Task<void> (*start)(TaskGroup&, Params...), Params... kept) -> Task<void> {
    TaskGroup group;
    std::exception_ptr failure;
    try {
      Task<void> running = start(group, std::forward<Params>(kept)...);
      co_await std::move(running);
    } catch (...) {
      failure = std::current_exception();
      group.cancel();
    }
    try {
      co_await group.join();
    } catch (...) {
      if (!failure) failure = std::current_exception();
    }
    if (failure) std::rethrow_exception(failure);
  }(body, std::forward<Args>(args)...);
}

}  // namespace postroom::net
