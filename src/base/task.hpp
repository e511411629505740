// Task: the coroutine type of the whole program.
//
// Owns nothing. A Task is started once, by `co_await` or by net::TaskGroup / net::run; a Task that
// is dropped never ran. A `co_await` line names things, it does not build them
// (docs/design/architecture.md, "Coroutines").
#pragma once

#include <boost/asio/awaitable.hpp>

namespace postroom::base {

template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace postroom::base
