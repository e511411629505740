#include "tests/support/cutter.hpp"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/blocking_socket.hpp"

namespace postroom::test {
namespace {

constexpr int turn = 50;  // ms: how soon a relay sees that the test has ended

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

Cutter::Cutter(std::uint16_t server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* place = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, place, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, place, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen");
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::jthread([this](std::stop_token stop) { accept_all(stop); });
}

Cutter::~Cutter() {
  accepting_.request_stop();
  accepting_.join();
  ::close(listener_);
}

void Cutter::plan(std::vector<Cut> cuts) {
  const std::lock_guard lock(mutex_);
  always_.reset();
  planned_ = std::move(cuts);
}

void Cutter::always(Cut cut) {
  const std::lock_guard lock(mutex_);
  always_ = std::move(cut);
}

Cut Cutter::next_cut() {
  const std::lock_guard lock(mutex_);
  if (always_) return *always_;
  if (planned_.empty()) return {};
  Cut next = std::move(planned_.front());
  planned_.erase(planned_.begin());
  return next;
}

void Cutter::accept_all(std::stop_token stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, turn) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    ++connections_;
    relays_.emplace_back(
        [this, client, cut = next_cut()](std::stop_token ended) { relay(ended, client, cut); });
  }
  relays_.clear();
}

void Cutter::relay(std::stop_token stop, int client_descriptor, Cut cut) {
  const BlockingSocket client(client_descriptor);
  const BlockingSocket server = BlockingSocket::connect_loopback(server_port_);
  std::array<char, 16384> bytes;
  std::uint64_t passed = 0;
  bool is_met = false;
  std::string sent;  // the end of what the client said: a text may come in two pieces
  while (!stop.stop_requested()) {
    pollfd both[] = {{client.descriptor(), POLLIN, 0}, {server.descriptor(), POLLIN, 0}};
    if (::poll(both, 2, turn) <= 0) continue;
    if (both[0].revents != 0) {
      const auto count = ::recv(client.descriptor(), bytes.data(), bytes.size(), 0);
      if (count <= 0) return;
      const std::string_view said(bytes.data(), static_cast<std::size_t>(count));
      sent.append(said);
      if (!cut.at.empty() && sent.contains(cut.at)) is_met = true;
      if (sent.size() > 4096) sent.erase(0, sent.size() - 256);
      if (is_met && cut.when == Cut::When::unsent) {
        ++cuts_;
        return;
      }
      if (!send_all(server.descriptor(), said)) return;
    }
    if (both[1].revents != 0) {
      const auto count = ::recv(server.descriptor(), bytes.data(), bytes.size(), 0);
      if (count <= 0) return;
      std::string_view said(bytes.data(), static_cast<std::size_t>(count));
      if (is_met) {
        ++cuts_;
        return;
      }
      const bool is_end = cut.after_bytes && passed + said.size() >= *cut.after_bytes;
      if (is_end) said = said.substr(0, *cut.after_bytes - passed);
      passed += said.size();
      if (!send_all(client.descriptor(), said)) return;
      if (is_end) {
        ++cuts_;
        return;
      }
    }
  }
}

}  // namespace postroom::test
