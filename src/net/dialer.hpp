// Dialer: from host and port to a connected socket. The place where a proxy comes in: a Dialer that
// dials the proxy through another Dialer and asks it for the target (HTTP CONNECT, SOCKS 5), under
// TLS and the Stream, which do not notice. Internal to net/.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "base/task.hpp"
#include "net/resolver.hpp"

namespace postroom::net {

class Dialer {
 public:
  virtual ~Dialer() = default;
  // Throws Error{network} as Connector::open does. Has no limit of its own.
  virtual Task<boost::asio::ip::tcp::socket> dial(std::string host, std::uint16_t port) = 0;
};

// Resolves and connects from this machine.
std::unique_ptr<Dialer> make_direct_dialer();

// How long a connection attempt runs alone before the next address is tried beside it (RFC 8305
// section 5).
inline constexpr std::chrono::milliseconds attempt_delay{250};

// Connects to the first of `endpoints` (not empty, in order of preference) that answers; the others
// are dropped. An attempt that fails starts the next at once. `peer` ("host:port") is for messages.
// Throws Error{network, net.refused or net.unreachable} or Error{timed_out, "net.timed_out"}: the
// most telling of the failures.
Task<boost::asio::ip::tcp::socket> race(Endpoints endpoints, std::string peer,
                                        std::chrono::milliseconds delay = attempt_delay);

// "imap.example.com:993", "[2001:db8::1]:993"
std::string to_host_port(const std::string& host, std::uint16_t port);

}  // namespace postroom::net
