#include "net/socket_stream.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

#include "net/tls_error.hpp"

namespace postroom::net {

using base::Error;
using base::ErrorKind;

SocketStream::SocketStream(boost::asio::ip::tcp::socket socket, std::string peer, TlsPeer tls_peer)
    : socket_(std::move(socket), std::move(peer)), tls_peer_(std::move(tls_peer)) {}

SocketStream::~SocketStream() { close(); }

Task<std::size_t> SocketStream::read_some(std::span<char> into) {
  if (tls_) co_return co_await tls_->read_some(into);
  while (true) {
    co_await socket_.begin();
    auto n = ::recv(socket_.fd(), into.data(), into.size(), 0);
    int failure = errno;
    if (n >= 0) {
      socket_.note_activity();
      co_return static_cast<std::size_t>(n);
    }
    if (failure != EAGAIN && failure != EINTR) throw socket_.broken(std::strerror(failure));
    co_await socket_.wait_until(Socket::Ready::to_read);
  }
}

Task<void> SocketStream::write(std::string_view bytes) {
  if (tls_) {
    co_await tls_->write(bytes);
    co_return;
  }
  while (!bytes.empty()) {
    co_await socket_.begin();
    auto n = ::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    int failure = errno;
    if (n >= 0) {
      socket_.note_activity();
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (failure != EAGAIN && failure != EINTR) throw socket_.broken(std::strerror(failure));
    co_await socket_.wait_until(Socket::Ready::to_write);
  }
}

Task<void> SocketStream::start_tls() {
  co_await socket_.begin();
  if (tls_)
    throw Error(ErrorKind::internal, "tls.twice", "TLS was started twice on one connection");
  char byte;
  if (::recv(socket_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0) {
    if (tls_peer_.mode == TlsMode::implicit)
      throw not_tls_error(socket_.peer(), tls_peer_.mode);  // a greeting
    // Bytes that arrive before our ClientHello were not sent under TLS; taken for the server's
    // first words after it, they would let anybody on the way speak for the server (CVE-2011-0411
    // and its family).
    throw Error(ErrorKind::tls, "tls.injected",
                socket_.peer() + " sent plain text after agreeing to STARTTLS",
                "somebody between here and the server may tamper with it: use the port for "
                "implicit TLS (tls: implicit)");
  }
  tls_.emplace(socket_, tls_peer_);
  co_await tls_->shake_hands();
  encrypted_ = true;
}

TlsFacts SocketStream::tls_facts() const { return encrypted_ ? tls_->facts() : TlsFacts{}; }

std::string SocketStream::channel_binding() const {
  return encrypted_ ? tls_->channel_binding() : std::string();
}

void SocketStream::close() noexcept {
  if (tls_ && socket_.is_open()) tls_->finish();
  socket_.close();
}

}  // namespace postroom::net
