#include "net/dialer.hpp"

#include <optional>

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/cancelled.hpp"
#include "net/child.hpp"
#include "net/task_group.hpp"

namespace postroom::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Error;
using base::ErrorKind;
using Steady = std::chrono::steady_clock;

struct Race {
  explicit Race(const asio::any_io_executor& executor) : bell(executor) {}

  Bell bell;
  std::optional<tcp::socket> winner;
  std::vector<boost::system::error_code> failures;
};

Task<void> attempt(Race& race, const tcp::endpoint& endpoint) {
  tcp::socket socket(co_await asio::this_coro::executor);
  boost::system::error_code failure;
  co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failure));
  if (failure) {
    race.failures.push_back(failure);
  } else if (!race.winner) {
    race.winner = std::move(socket);
  }
  race.bell.ring();
}

Task<void> start_in_turn(TaskGroup& group, Race& race, const Endpoints& endpoints,
                         std::chrono::milliseconds delay) {
  auto cancellation = co_await asio::this_coro::cancellation_state;
  std::size_t started = 0;
  std::size_t failed_before = 0;
  auto next_start = Steady::now();
  while (!race.winner && race.failures.size() < endpoints.size()) {
    bool more = started < endpoints.size();
    if (more && (Steady::now() >= next_start || race.failures.size() > failed_before)) {
      failed_before = race.failures.size();
      next_start = Steady::now() + delay;
      Task<void> next = attempt(race, endpoints[started++]);
      co_await group.spawn(std::move(next));
      continue;
    }
    throw_if_cancelled(cancellation);
    co_await race.bell.wait(more ? next_start : Steady::time_point::max());
  }
  group.cancel();
}

// Refused says most (the host is there), a timeout less, no route least.
Error worst_of(const std::vector<boost::system::error_code>& failures, const std::string& peer) {
  namespace code = asio::error;
  boost::system::error_code timed_out, other;
  for (const auto& failure : failures) {
    if (failure == code::connection_refused) {
      Error error(ErrorKind::network, "net.refused", peer + " refused the connection",
                  "nothing listens on this port: check host and port, or the server is down");
      error.set_transient(true);
      return error;
    }
    (failure == code::timed_out ? timed_out : other) = failure;
  }
  if (timed_out) {
    Error error(ErrorKind::timed_out, "net.timed_out", "connecting to " + peer + ": no answer",
                "check host and port; a firewall may drop this port");
    error.set_transient(true);
    return error;
  }
  Error error(ErrorKind::network, "net.unreachable",
              peer + " cannot be reached: " + other.message(),
              "check this machine's network, VPN and firewall");
  error.set_transient(true);
  return error;
}

class DirectDialer final : public Dialer {
 public:
  Task<tcp::socket> dial(std::string host, std::uint16_t port) override {
    std::string peer = to_host_port(host, port);
    Endpoints found = co_await resolve(std::move(host), port);
    Endpoints ordered = interleave_families(found);
    co_return co_await race(std::move(ordered), std::move(peer));
  }
};

}  // namespace

Task<tcp::socket> race(Endpoints endpoints, std::string peer, std::chrono::milliseconds delay) {
  Race state(co_await asio::this_coro::executor);
  co_await run_group(&start_in_turn, state, endpoints, delay);
  if (!state.winner) throw worst_of(state.failures, peer);
  co_return std::move(*state.winner);
}

std::unique_ptr<Dialer> make_direct_dialer() { return std::make_unique<DirectDialer>(); }

std::string to_host_port(const std::string& host, std::uint16_t port) {
  std::string shown = base::printable(host, 255);
  if (shown.contains(':')) shown = "[" + shown + "]";
  return shown + ":" + std::to_string(port);
}

}  // namespace postroom::net
