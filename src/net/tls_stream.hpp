// TlsLayer: TLS (client side) over a Socket, on OpenSSL, without a buffer of its own. Internal to
// net/.
//
// Knows: handshake, certificate and name checks, records. Does not know: how the socket came to be
// connected.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/socket.hpp"
#include "net/stream.hpp"
#include "net/tls_context.hpp"

namespace postroom::net {

// Who the peer has to prove to be, and how it is asked.
struct TlsPeer {
  std::shared_ptr<TlsContext> context;
  std::string host;         // checked against the certificate; sent as SNI unless an address
  std::string session_key;  // "host:port"
  TlsMode mode = TlsMode::implicit;  // for hints
};

class TlsLayer {
 public:
  // `socket` outlives this.
  TlsLayer(Socket& socket, TlsPeer peer);
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;
  ~TlsLayer();

  // Throws Error{tls}: see connector.hpp.
  Task<void> shake_hands();

  // As Stream::read_some and Stream::write. A read and a write may wait at the same time.
  Task<std::size_t> read_some(std::span<char> into);
  Task<void> write(std::string_view bytes);

  TlsFacts facts() const;
  std::string channel_binding() const;  // as Stream::channel_binding

  // Says goodbye (close_notify) if the socket takes it at once.
  void finish() noexcept;

 private:
  // What to wait for after SSL_* returned `result` <= 0; throws for everything that waiting cannot
  // cure.
  Socket::Ready next_wait(int result, int system_error);
  base::Error handshake_error(int result, int system_error);

  Socket& socket_;
  TlsPeer peer_;
  OpenSslPtr<SSL> ssl_;
  bool failed_ = false;
};

}  // namespace postroom::net
