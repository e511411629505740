// A limit on how long a task may take. Never `op || timer`: Asio 1.81 reports a fast failure as a
// timeout.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/task.hpp"

namespace postroom::net {

using base::Task;

// `task`'s own result or exception; Error{timed_out, "net.timed_out"} saying `doing` if the limit
// passed first (the task has then been cancelled and has ended). Zero: no limit.
Task<void> with_timeout(std::chrono::milliseconds limit, std::string doing, Task<void> task);

template <class T>
Task<T> with_timeout(std::chrono::milliseconds limit, std::string doing, Task<T> task) {
  std::optional<T> result;
  auto wrapper = [](Task<T> inner, std::optional<T>& out) -> Task<void> {
    out = co_await std::move(inner);
  };
  Task<void> wrapped = wrapper(std::move(task), result);
  co_await with_timeout(limit, std::move(doing), std::move(wrapped));
  co_return std::move(*result);
}

// Runs `task` so that this task's cancellation does not reach it: goodbyes (LOGOUT, QUIT), the last
// flush. Give it a short limit of its own.
Task<void> shielded(std::chrono::milliseconds limit, std::string doing, Task<void> task);

}  // namespace postroom::net
