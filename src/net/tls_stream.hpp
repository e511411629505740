// TlsLayer: TLS (client side) over a Socket, or over another TlsLayer on it (to an https proxy), on
// OpenSSL, without a buffer of its own. Internal to net/.
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
#include "net/tls_error.hpp"
#include "net/tls_verify.hpp"

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
  // `socket`, and the layer below if there is one, outlive this.
  TlsLayer(Socket& socket, TlsLayer* below, TlsPeer peer);
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

  // Has the peer sent bytes that nobody has read yet and that are here already?
  bool has_unread() noexcept;

  // Says goodbye (close_notify) if the socket takes it at once.
  void finish() noexcept;

 private:
  // What to wait for after SSL_* returned `result` <= 0; throws for everything that waiting cannot
  // cure.
  Socket::Ready next_wait(int result, int system_error);
  base::Error failed_handshake(int cause, int system_error);
  HandshakeSide side() const;

  Socket& socket_;
  TlsPeer peer_;
  TlsNotes notes_;
  OpenSslPtr<SSL> ssl_;
  bool failed_ = false;
};

}  // namespace postroom::net
