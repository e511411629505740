// How cancellation looks inside net/: Asio marks the task, every operation of net/ looks at the
// mark before it starts and after it ends, and says Error{cancelled}. Asio's own exception for it
// is switched off (task_group.cpp), because it would also strike goodbyes that must still run.
#pragma once

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/error.hpp"
#include "base/task.hpp"

namespace postroom::net {

inline bool is_cancelled(const boost::asio::cancellation_state& state) {
  return state.cancelled() != boost::asio::cancellation_type::none;
}

inline base::Error cancelled_error() {
  return {base::ErrorKind::cancelled, "net.cancelled", "cancelled"};
}

inline void throw_if_cancelled(const boost::asio::cancellation_state& state) {
  if (is_cancelled(state)) throw cancelled_error();
}

}  // namespace postroom::net
