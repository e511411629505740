// Socket: one connected TCP socket and the waits on it, each under the idle limit. Internal to
// net/.
//
// Knows: readiness, limits, cancellation. Does not know: bytes, TLS.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/error.hpp"
#include "base/task.hpp"

namespace postroom::net {

using base::Task;

class Socket {
 public:
  enum class Ready { to_read, to_write };

  // `peer` ("imap.example.com:993") is for messages.
  Socket(boost::asio::ip::tcp::socket socket, std::string peer);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();

  // Returns when the descriptor is ready (perhaps: try again and see). Throws Error{cancelled},
  // Error{timed_out, "net.stalled"} when no byte moved for the idle limit, Error{network,
  // "net.closed"} after close().
  Task<void> wait_until(Ready ready);

  // Call at the start of every operation, also of one that need not wait: throws what wait_until
  // would, and lets others have a turn now and then, because a fast peer could keep one stream busy
  // for ever.
  Task<void> begin();

  void note_activity() noexcept;
  void set_idle_limit(std::chrono::milliseconds limit) noexcept;

  int fd() noexcept;
  bool is_open() const noexcept;
  bool is_peer_loopback() const noexcept;
  const std::string& peer() const noexcept;
  // From here on a proxy carries the bytes on to `peer`: another name in messages, and what is
  // written leaves this machine even where the proxy runs on it.
  void carry_on_to(std::string peer);
  void close() noexcept;

  // Error{network, "net.closed"} that says `how` the connection to this peer ended.
  base::Error broken(const std::string& how) const;

 private:
  struct State;  // outlives this object while a timer is on its way
  std::shared_ptr<State> state_;
};

}  // namespace postroom::net
