#include "net/socket_stream.hpp"

#include "net/tls_error.hpp"

namespace postroom::net {

using base::Error;
using base::ErrorKind;

SocketStream::SocketStream(std::unique_ptr<Line> line, TlsPeer tls_peer)
    : line_(std::move(line)), tls_peer_(std::move(tls_peer)) {}

SocketStream::~SocketStream() { close(); }

Task<std::size_t> SocketStream::read_some(std::span<char> into) {
  return tls_ ? tls_->read_some(into) : line_->read_some(into);
}

Task<void> SocketStream::write(std::string_view bytes) {
  return tls_ ? tls_->write(bytes) : line_->write(bytes);
}

Task<void> SocketStream::start_tls() {
  Socket& socket = line_->socket();
  co_await socket.begin();
  if (tls_)
    throw Error(ErrorKind::internal, "tls.twice", "TLS was started twice on one connection");
  if (line_->has_unread()) {
    if (tls_peer_.mode == TlsMode::implicit)
      throw not_tls_error(socket.peer(), tls_peer_.mode);  // a greeting
    // Bytes that arrive before our ClientHello were not sent under TLS; taken for the server's
    // first words after it, they would let anybody on the way speak for the server (CVE-2011-0411
    // and its family).
    throw Error(ErrorKind::tls, "tls.injected",
                socket.peer() + " sent plain text after agreeing to STARTTLS",
                "somebody between here and the server may tamper with it: use the port for "
                "implicit TLS (tls: implicit)");
  }
  tls_.emplace(socket, line_->outer_tls(), tls_peer_);
  co_await tls_->shake_hands();
  encrypted_ = true;
}

TlsFacts SocketStream::tls_facts() const { return encrypted_ ? tls_->facts() : TlsFacts{}; }

std::string SocketStream::channel_binding() const {
  return encrypted_ ? tls_->channel_binding() : std::string();
}

void SocketStream::close() noexcept {
  if (tls_ && line_->socket().is_open()) tls_->finish();
  line_->close();
}

}  // namespace postroom::net
