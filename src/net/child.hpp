// Child: one task running beside its parent, its end, and the way to stop it. What with_timeout,
// shielded and TaskGroup are made of. Internal to net/.
#pragma once

#include <exception>
#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/task.hpp"

namespace postroom::net {

// A wait that is ended by hand: set your condition, then ring(); waiters look at their condition
// again.
class Bell {
 public:
  explicit Bell(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  void ring() { timer_.cancel(); }

  // Returns when rung, when the waiting task is cancelled, or at `until`. Never throws: look at the
  // condition.
  base::Task<void> wait(
      std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());

 private:
  boost::asio::steady_timer timer_;
};

struct Child {
  boost::asio::cancellation_signal signal;
  std::exception_ptr failure;
  bool ended = false;

  void cancel() {
    if (!ended) signal.emit(boost::asio::cancellation_type::terminal);
  }
};

// Starts `task` on `executor`; `at_end` is called once, after `ended` and `failure` are set.
std::shared_ptr<Child> start_child(const boost::asio::any_io_executor& executor,
                                   base::Task<void> task, std::function<void()> at_end);

}  // namespace postroom::net
