#include "net/task_group.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/date.hpp"
#include "net/cancelled.hpp"
#include "net/child.hpp"
#include "net/with_timeout.hpp"

namespace postroom::net {
namespace {

namespace asio = boost::asio;
using base::Error;
using base::ErrorKind;
using Steady = std::chrono::steady_clock;

// Every task starts here: cancellation is seen by net/'s operations, not thrown by Asio at any
// co_await.
Task<void> enter(Task<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

bool is_cancelled_error(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::cancelled;
  } catch (...) {
    return false;
  }
}

asio::thread_pool& blocking_pool() {
  static asio::thread_pool pool(std::max(2u, std::thread::hardware_concurrency()));
  return pool;
}

enum class OnCancel { pass_on, ignore };

Task<void> run_limited(std::chrono::milliseconds limit, std::string doing, Task<void> task,
                       OnCancel on_cancel) {
  auto executor = co_await asio::this_coro::executor;
  auto cancellation = co_await asio::this_coro::cancellation_state;
  if (on_cancel == OnCancel::pass_on) throw_if_cancelled(cancellation);

  auto bell = std::make_shared<Bell>(executor);
  auto deadline = limit.count() > 0 ? Steady::now() + limit : Steady::time_point::max();
  auto child = start_child(executor, std::move(task), [bell] { bell->ring(); });
  bool timed_out = false;
  bool passed_on = false;
  while (!child->ended) {
    bool idle = timed_out || passed_on;  // it has been told; only its end counts now
    co_await bell->wait(idle ? Steady::time_point::max() : deadline);
    if (child->ended) break;
    if (on_cancel == OnCancel::pass_on && !passed_on && is_cancelled(cancellation)) {
      passed_on = true;
      child->cancel();
    } else if (!idle && Steady::now() >= deadline) {
      timed_out = true;
      child->cancel();
    }
  }
  if (!child->failure) co_return;
  if (timed_out && !passed_on) {
    Error error(ErrorKind::timed_out, "net.timed_out",
                doing + " took longer than " + base::to_words(limit),
                "try again later; if it stays so, check host and port, or raise timeout");
    error.set_transient(true);
    throw error;
  }
  std::rethrow_exception(child->failure);
}

}  // namespace

Task<void> Bell::wait(Steady::time_point until) {
  boost::system::error_code ignored;
  timer_.expires_at(until);
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::shared_ptr<Child> start_child(const asio::any_io_executor& executor, Task<void> task,
                                   std::function<void()> at_end) {
  auto child = std::make_shared<Child>();
  auto finish = [child, at_end = std::move(at_end)](std::exception_ptr failure) {
    child->failure = std::move(failure);
    child->ended = true;
    at_end();
  };
  asio::co_spawn(executor, enter(std::move(task)),
                 asio::bind_cancellation_slot(child->signal.slot(), std::move(finish)));
  return child;
}

void run(Task<void> task) {
  asio::io_context loop(1);
  auto child = start_child(loop.get_executor(), std::move(task), [] {});
  loop.run();
  if (child->failure) std::rethrow_exception(child->failure);
}

Task<void> with_timeout(std::chrono::milliseconds limit, std::string doing, Task<void> task) {
  return run_limited(limit, std::move(doing), std::move(task), OnCancel::pass_on);
}

Task<void> shielded(std::chrono::milliseconds limit, std::string doing, Task<void> task) {
  return run_limited(limit, std::move(doing), std::move(task), OnCancel::ignore);
}

Task<void> pause(std::chrono::milliseconds duration) {
  auto cancellation = co_await asio::this_coro::cancellation_state;
  throw_if_cancelled(cancellation);
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  boost::system::error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  throw_if_cancelled(cancellation);
}

Task<void> yield_turn() {
  auto cancellation = co_await asio::this_coro::cancellation_state;
  throw_if_cancelled(cancellation);
  co_await asio::post(asio::use_awaitable);
  throw_if_cancelled(cancellation);
}

Task<void> run_blocking(std::function<void()> work) {
  auto executor = co_await asio::this_coro::executor;
  auto cancellation = co_await asio::this_coro::cancellation_state;
  throw_if_cancelled(cancellation);

  struct Job {
    std::function<void()> work;
    std::exception_ptr failure;
    bool ended = false;
  };
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  // The bell stays here: the pool's thread may hold the job a moment longer than this loop lives.
  Bell bell(executor);
  asio::post(blocking_pool(), [job, executor, &bell] {
    try {
      job->work();
    } catch (...) {
      job->failure = std::current_exception();
    }
    job->work = nullptr;
    asio::post(executor, [job, &bell] {
      job->ended = true;
      bell.ring();
    });
  });
  while (!job->ended) co_await bell.wait();
  if (job->failure) std::rethrow_exception(job->failure);
  throw_if_cancelled(cancellation);
}

struct TaskGroup::State {
  std::vector<std::shared_ptr<Child>> children;
  std::exception_ptr first_failure;
  bool cancelled = false;
  std::shared_ptr<Bell> bell;  // of the join() that waits

  void cancel() {
    cancelled = true;
    auto now = children;  // a child that ends at once changes the list
    for (const auto& child : now) child->cancel();
  }

  void collect() {
    for (const auto& child : children) {
      if (!child->ended || !child->failure || first_failure) continue;
      if (cancelled && is_cancelled_error(child->failure)) continue;
      first_failure = child->failure;
    }
    std::erase_if(children, [](const auto& child) { return child->ended; });
    if (first_failure && !cancelled) cancel();
    if (bell) bell->ring();
  }
};

TaskGroup::TaskGroup() : state_(std::make_shared<State>()) {}

TaskGroup::~TaskGroup() {
  if (running() > 0) std::terminate();
}

Task<void> TaskGroup::spawn(Task<void> child) {
  auto executor = co_await asio::this_coro::executor;
  auto state = state_;
  // The end may come before start_child returns: then it is collected here, else by the child
  // itself.
  auto started = start_child(executor, std::move(child), [state] { state->collect(); });
  state->children.push_back(started);
  if (started->ended) {
    state->collect();
  } else if (state->cancelled) {
    started->cancel();
  }
}

void TaskGroup::cancel() noexcept { state_->cancel(); }

std::size_t TaskGroup::running() const noexcept { return state_->children.size(); }

Task<void> TaskGroup::join() {
  auto cancellation = co_await asio::this_coro::cancellation_state;
  auto state = state_;
  state->bell = std::make_shared<Bell>(co_await asio::this_coro::executor);
  while (!state->children.empty()) {
    if (is_cancelled(cancellation) && !state->cancelled) state->cancel();
    if (state->children.empty()) break;
    co_await state->bell->wait();
  }
  state->bell.reset();
  state->cancelled = false;
  auto failure = std::exchange(state->first_failure, nullptr);
  if (failure) std::rethrow_exception(failure);
  throw_if_cancelled(cancellation);
}

}  // namespace postroom::net
