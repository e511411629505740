// Line: plain bytes between here and whoever answers: a socket, or TLS to an https proxy on one.
// Internal to net/.
//
// Knows: how to read, write and end. Does not know: proxies' words, and TLS to the target itself.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/socket.hpp"
#include "net/tls_stream.hpp"

namespace postroom::net {

class Line {
 public:
  Line(boost::asio::ip::tcp::socket socket, std::string peer);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();

  Socket& socket() noexcept { return socket_; }

  // As Stream's.
  Task<std::size_t> read_some(std::span<char> into);
  Task<void> write(std::string_view bytes);

  // TLS to the proxy. Throws Error{tls}.
  Task<void> start_outer_tls(TlsPeer proxy);
  TlsLayer* outer_tls() noexcept { return outer_ ? &*outer_ : nullptr; }

  bool has_unread() noexcept;
  void close() noexcept;

 private:
  Task<std::size_t> read_socket(std::span<char> into);
  Task<void> write_socket(std::string_view bytes);

  Socket socket_;
  std::optional<TlsLayer> outer_;
};

}  // namespace postroom::net
