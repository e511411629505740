#include "tests/support/proxy_server.hpp"

#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base64.hpp"
#include "net/socket_bio.hpp"

namespace postroom::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Relayed packets must not wait for each other's acknowledgement.
void send_at_once(int fd) {
  int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// The client's side: plain, or under TLS for an https proxy. Blocking.
struct ProxyClient {
  int fd = -1;
  SSL* ssl = nullptr;

  long receive(char* into, std::size_t size) const {
    return ssl ? SSL_read(ssl, into, static_cast<int>(size)) : ::recv(fd, into, size, 0);
  }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      long n = ssl ? SSL_write(ssl, bytes.data(), static_cast<int>(bytes.size()))
                   : ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  std::string read_exactly(std::size_t count) const {
    std::string bytes(count, '\0');
    for (std::size_t at = 0; at < count;) {
      long n = receive(bytes.data() + at, count - at);
      if (n <= 0) return {};
      at += static_cast<std::size_t>(n);
    }
    return bytes;
  }
};

}  // namespace

class ProxyServer::Impl {
 public:
  explicit Impl(ProxyPlan plan) : plan_(std::move(plan)) {
    if (plan_.kind == ProxyKind::https) load_certificate();
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in own = loopback(0);
    socklen_t size = sizeof own;
    bool listens = ::bind(listener_, reinterpret_cast<sockaddr*>(&own), size) == 0 &&
                   ::listen(listener_, 16) == 0 &&
                   ::getsockname(listener_, reinterpret_cast<sockaddr*>(&own), &size) == 0;
    if (!listens) throw std::runtime_error("the proxy cannot listen");
    port_ = ntohs(own.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~Impl() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      ::shutdown(listener_, SHUT_RDWR);
      for (int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    acceptor_.join();
    for (auto& worker : workers_) worker.join();
    ::close(listener_);
    SSL_CTX_free(context_);
  }

  std::uint16_t port() const { return port_; }
  const ProxyPlan& plan() const { return plan_; }
  std::vector<std::string> asked_for() const {
    std::lock_guard lock(mutex_);
    return asked_for_;
  }
  int connections() const {
    std::lock_guard lock(mutex_);
    return static_cast<int>(workers_.size());
  }

 private:
  void load_certificate() {
    context_ = SSL_CTX_new(TLS_server_method());
    BIO* bio = BIO_new_mem_buf(plan_.certificate.certificate_pem.data(), -1);
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bio = BIO_new_mem_buf(plan_.certificate.key_pem.data(), -1);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    SSL_CTX_use_certificate(context_, certificate);
    SSL_CTX_use_PrivateKey(context_, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  void accept_all() {
    while (true) {
      int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      std::lock_guard lock(mutex_);
      if (stopping_ || fd < 0) {
        if (fd >= 0) ::close(fd);
        return;
      }
      open_.insert(fd);
      workers_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    ProxyClient client{fd};
    send_at_once(fd);
    bool is_ready = true;
    if (context_) {
      client.ssl = SSL_new(context_);
      BIO* bio = net::make_socket_bio(fd);
      SSL_set_bio(client.ssl, bio, bio);
      is_ready = SSL_accept(client.ssl) == 1;
    }
    int target = -1;
    if (is_ready && !plan_.greeting.empty()) {
      client.send(plan_.greeting);
      drain(client);
    } else if (is_ready && plan_.is_silent) {
      char buffer[4096];
      while (::recv(fd, buffer, sizeof buffer, 0) > 0) {
      }
    } else if (is_ready) {
      target = plan_.kind == ProxyKind::socks5 ? socks(client) : connect(client);
      if (target >= 0) relay(client, target);
    }
    // A client that hears "no" must not lose it to a reset.
    if (target < 0) drain(client);
    std::lock_guard lock(mutex_);
    open_.erase(fd);
    if (target >= 0) {
      open_.erase(target);
      ::close(target);
    }
    SSL_free(client.ssl);
    ::close(fd);
  }

  static void drain(const ProxyClient& client) {
    ::shutdown(client.fd, SHUT_WR);
    char buffer[4096];
    while (::recv(client.fd, buffer, sizeof buffer, 0) > 0) {
    }
  }

  int dial(std::uint16_t port) {
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to = loopback(port);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
      ::close(fd);
      return -1;
    }
    send_at_once(fd);
    std::lock_guard lock(mutex_);
    open_.insert(fd);
    if (stopping_) ::shutdown(fd, SHUT_RDWR);
    return fd;
  }

  void note(std::string target) {
    std::lock_guard lock(mutex_);
    asked_for_.push_back(std::move(target));
  }

  int connect(const ProxyClient& client) {
    std::string head;
    char c = 0;
    while (!head.ends_with("\r\n\r\n")) {
      if (client.receive(&c, 1) != 1) return -1;
      head += c;
    }
    if (!plan_.user.empty() &&
        !head.contains("Proxy-Authorization: Basic " +
                       base::to_base64(plan_.user + ":" + plan_.password) + "\r\n")) {
      client.send(
          "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
          "Content-Length: 6\r\n\r\nsorry\n");
      return -1;
    }
    auto first = head.find(' ') + 1;
    std::string target = head.substr(first, head.find(' ', first) - first);
    note(target);
    if (!plan_.answer.empty()) {
      client.send(plan_.answer);
      return -1;
    }
    int fd = dial(static_cast<std::uint16_t>(std::stoi(target.substr(target.rfind(':') + 1))));
    client.send(fd < 0 ? "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
                       : "HTTP/1.1 200 Connection established\r\n\r\n");
    return fd;
  }

  bool socks_sign_in(const ProxyClient& client) {
    std::string head = client.read_exactly(2);
    if (head.size() < 2 || head[0] != 5) return false;
    std::string methods = client.read_exactly(static_cast<unsigned char>(head[1]));
    if (plan_.user.empty()) {
      client.send({"\x05\x00", 2});
      return true;
    }
    if (!methods.contains('\x02')) {
      client.send("\x05\xff");
      return false;
    }
    client.send("\x05\x02");
    std::string user_head = client.read_exactly(2);
    if (user_head.size() < 2) return false;
    std::string user = client.read_exactly(static_cast<unsigned char>(user_head[1]));
    std::string length = client.read_exactly(1);
    if (length.empty()) return false;
    std::string password = client.read_exactly(static_cast<unsigned char>(length[0]));
    bool is_known = user == plan_.user && password == plan_.password;
    client.send({is_known ? "\x01\x00" : "\x01\x01", 2});
    return is_known;
  }

  int socks(const ProxyClient& client) {
    if (!socks_sign_in(client)) return -1;
    std::string head = client.read_exactly(4);
    if (head.size() < 4) return -1;
    std::string host;
    if (head[3] == 3) {
      std::string length = client.read_exactly(1);
      host = client.read_exactly(static_cast<unsigned char>(length.at(0)));
    } else {
      bool is_v4 = head[3] == 1;
      std::string bytes = client.read_exactly(is_v4 ? 4 : 16);
      char text[INET6_ADDRSTRLEN];
      host = ::inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof text);
    }
    std::string port_bytes = client.read_exactly(2);
    if (port_bytes.size() < 2) return -1;
    auto port = static_cast<std::uint16_t>(static_cast<unsigned char>(port_bytes[0]) << 8 |
                                           static_cast<unsigned char>(port_bytes[1]));
    note(host + ":" + std::to_string(port));
    if (!plan_.answer.empty()) {
      client.send(plan_.answer);
      return -1;
    }
    int fd = dial(port);
    client.send({fd < 0 ? "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"
                        : "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00",
                 10});
    return fd;
  }

  static void relay(const ProxyClient& client, int target) {
    char buffer[16384];
    while (true) {
      pollfd watched[2] = {{client.fd, POLLIN, 0}, {target, POLLIN, 0}};
      bool has_pending = client.ssl && SSL_pending(client.ssl) > 0;
      if (!has_pending && ::poll(watched, 2, -1) < 0) return;
      if (has_pending || watched[0].revents) {
        long n = client.receive(buffer, sizeof buffer);
        if (n <= 0) return;
        if (::send(target, buffer, static_cast<std::size_t>(n), MSG_NOSIGNAL) != n) return;
      }
      if (!has_pending && watched[1].revents) {
        long n = ::recv(target, buffer, sizeof buffer, 0);
        if (n <= 0) return;
        client.send(std::string_view(buffer, static_cast<std::size_t>(n)));
      }
    }
  }

  ProxyPlan plan_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::set<int> open_;
  std::vector<std::string> asked_for_;
  std::vector<std::thread> workers_;
  std::thread acceptor_;
};

ProxyServer::ProxyServer(ProxyPlan plan) : impl_(std::make_unique<Impl>(std::move(plan))) {}
ProxyServer::~ProxyServer() = default;

std::uint16_t ProxyServer::port() const noexcept { return impl_->port(); }

std::string ProxyServer::url(const std::string& sign_in, const std::string& scheme) const {
  ProxyKind kind = impl_->plan().kind;
  std::string own = kind == ProxyKind::http    ? "http"
                    : kind == ProxyKind::https ? "https"
                                               : "socks5h";
  return (scheme.empty() ? own : scheme) + "://" + (sign_in.empty() ? "" : sign_in + "@") +
         (kind == ProxyKind::https ? "localhost:" : "127.0.0.1:") + std::to_string(port());
}

std::vector<std::string> ProxyServer::asked_for() const { return impl_->asked_for(); }
int ProxyServer::connections() const { return impl_->connections(); }

}  // namespace postroom::test
