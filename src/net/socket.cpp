#include "net/socket.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/date.hpp"
#include "net/cancelled.hpp"
#include "net/task_group.hpp"

namespace postroom::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Error;
using base::ErrorKind;
using Steady = std::chrono::steady_clock;

namespace {
// Operations that ended at once, after which others get a turn: long enough to cost nothing, short
// enough (64 reads of 16 KiB) that a neighbour waits under a millisecond.
constexpr int operations_per_turn = 64;
}  // namespace

struct Socket::State : std::enable_shared_from_this<State> {
  State(tcp::socket connected, std::string peer_name)
      : socket(std::move(connected)), timer(socket.get_executor()), peer(std::move(peer_name)) {}

  tcp::socket socket;
  asio::steady_timer timer;
  std::string peer;
  std::chrono::milliseconds idle_limit{0};
  Steady::time_point last_activity = Steady::now();
  int waiting = 0;
  int without_wait = 0;
  bool stalled = false;
  bool closed = false;
  bool loopback = false;

  // One timer for both directions: traffic one way keeps the other way's wait alive.
  void arm_timer() {
    if (waiting == 0 || idle_limit.count() == 0 || stalled || closed) return;
    timer.expires_at(last_activity + idle_limit);
    std::weak_ptr<State> weak = weak_from_this();
    timer.async_wait([weak](const boost::system::error_code& error) {
      auto self = weak.lock();
      if (error || !self || self->waiting == 0 || self->idle_limit.count() == 0) return;
      if (Steady::now() < self->last_activity + self->idle_limit) {
        self->arm_timer();
        return;
      }
      self->stalled = true;
      boost::system::error_code ignored;
      self->socket.cancel(ignored);
    });
  }

  void throw_if_ended() const {
    if (closed)
      throw Error(ErrorKind::network, "net.closed",
                  "the connection to " + peer + " was closed here");
    if (stalled) {
      Error error(ErrorKind::timed_out, "net.stalled",
                  peer + " sent and took nothing for " + base::to_words(idle_limit),
                  "the server may be overloaded or a firewall drops idle connections: try again");
      error.set_transient(true);
      throw error;
    }
  }
};

Socket::Socket(tcp::socket socket, std::string peer)
    : state_(std::make_shared<State>(std::move(socket), std::move(peer))) {
  boost::system::error_code ignored;
  state_->socket.native_non_blocking(true, ignored);
  state_->socket.set_option(tcp::no_delay(true), ignored);
  state_->loopback = state_->socket.remote_endpoint(ignored).address().is_loopback();
}

Socket::~Socket() { close(); }

Task<void> Socket::begin() {
  auto cancellation = co_await asio::this_coro::cancellation_state;
  throw_if_cancelled(cancellation);
  state_->throw_if_ended();
  if (++state_->without_wait < operations_per_turn) co_return;
  state_->without_wait = 0;
  co_await yield_turn();
  state_->throw_if_ended();
}

Task<void> Socket::wait_until(Ready ready) {
  auto state = state_;  // the stream may be closed, and this object be gone, while it waits
  auto cancellation = co_await asio::this_coro::cancellation_state;
  throw_if_cancelled(cancellation);
  state->throw_if_ended();
  state->without_wait = 0;
  if (state->waiting++ == 0) {
    state->last_activity = Steady::now();
    state->arm_timer();
  }
  auto kind = ready == Ready::to_read ? tcp::socket::wait_read : tcp::socket::wait_write;
  boost::system::error_code failure;
  co_await state->socket.async_wait(kind, asio::redirect_error(asio::use_awaitable, failure));
  if (--state->waiting == 0) state->timer.cancel();
  throw_if_cancelled(cancellation);
  state->throw_if_ended();
  if (failure) {
    throw Error(ErrorKind::network, "net.closed",
                "the connection to " + state->peer + " broke: " + failure.message());
  }
  state->last_activity = Steady::now();
}

void Socket::note_activity() noexcept { state_->last_activity = Steady::now(); }

void Socket::set_idle_limit(std::chrono::milliseconds limit) noexcept {
  state_->idle_limit = limit;
  state_->last_activity = Steady::now();
  state_->arm_timer();
}

int Socket::fd() noexcept { return state_->socket.native_handle(); }

bool Socket::is_open() const noexcept { return !state_->closed; }

bool Socket::is_peer_loopback() const noexcept { return state_->loopback; }

const std::string& Socket::peer() const noexcept { return state_->peer; }

void Socket::carry_on_to(std::string peer) {
  state_->peer = std::move(peer);
  state_->loopback = false;
}

void Socket::close() noexcept {
  if (state_->closed) return;
  state_->closed = true;
  state_->timer.cancel();
  boost::system::error_code ignored;
  state_->socket.close(ignored);
}

Error Socket::broken(const std::string& how) const {
  Error error(ErrorKind::network, "net.closed",
              "the connection to " + state_->peer + " broke: " + how,
              "check the network, then try again");
  error.set_transient(true);
  return error;
}

}  // namespace postroom::net
