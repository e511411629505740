#include "net/line.hpp"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace postroom::net {

Line::Line(boost::asio::ip::tcp::socket socket, std::string peer)
    : socket_(std::move(socket), std::move(peer)) {}

Line::~Line() { close(); }

Task<std::size_t> Line::read_some(std::span<char> into) {
  return outer_ ? outer_->read_some(into) : read_socket(into);
}

Task<void> Line::write(std::string_view bytes) {
  return outer_ ? outer_->write(bytes) : write_socket(bytes);
}

Task<std::size_t> Line::read_socket(std::span<char> into) {
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

Task<void> Line::write_socket(std::string_view bytes) {
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

Task<void> Line::start_outer_tls(TlsPeer proxy) {
  outer_.emplace(socket_, nullptr, std::move(proxy));
  co_await outer_->shake_hands();
}

bool Line::has_unread() noexcept {
  if (outer_) return outer_->has_unread();
  char byte;
  return ::recv(socket_.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void Line::close() noexcept {
  if (outer_ && socket_.is_open()) outer_->finish();
  socket_.close();
}

}  // namespace postroom::net
