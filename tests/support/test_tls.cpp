#include "tests/support/test_tls.hpp"

#include <mutex>
#include <stdexcept>
#include <thread>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/socket_bio.hpp"

namespace postroom::test {
namespace {

struct Listener {
  int fd = -1;
  std::uint16_t port = 0;
};

Listener listen_on(const std::string& address) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(address.c_str(), "0", &hints, &list) != 0)
    throw std::runtime_error("bad address " + address);
  Listener made;
  made.fd = ::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool bound = made.fd >= 0 && ::bind(made.fd, list->ai_addr, list->ai_addrlen) == 0 &&
               ::listen(made.fd, 16) == 0;
  ::freeaddrinfo(list);
  if (!bound) throw std::runtime_error("cannot listen on " + address);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  ::getsockname(made.fd, reinterpret_cast<sockaddr*>(&own), &size);
  made.port = ntohs(own.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(own).sin6_port
                                              : reinterpret_cast<sockaddr_in&>(own).sin_port);
  return made;
}

}  // namespace

class TestServer::Impl {
 public:
  Impl(Behaviour behaviour, const Certificate& certificate, const std::string& address)
      : behaviour_(std::move(behaviour)), listener_(listen_on(address)) {
    if (!certificate.key_pem.empty()) load(certificate);
    thread_ = std::thread([this] { serve(); });
  }

  ~Impl() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      ::shutdown(listener_.fd, SHUT_RDWR);
      if (current_ >= 0) ::shutdown(current_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_.fd);
    SSL_CTX_free(context_);
  }

  void note_handshake(SSL* ssl) {
    std::lock_guard lock(mutex_);
    ++connections_;
    resumed_ += SSL_session_reused(ssl);
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    sni_ = name ? name : "";
  }

  template <class T>
  T read(T Impl::* member) const {
    std::lock_guard lock(mutex_);
    return this->*member;
  }

  SSL_CTX* context_ = nullptr;
  int connections_ = 0;
  int resumed_ = 0;
  std::string sni_;
  Behaviour behaviour_;
  Listener listener_;

 private:
  void load(const Certificate& certificate) {
    context_ = SSL_CTX_new(TLS_server_method());
    BIO* bio = BIO_new_mem_buf(certificate.certificate_pem.data(), -1);
    X509* x509 = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bio = BIO_new_mem_buf(certificate.key_pem.data(), -1);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    bool loaded =
        SSL_CTX_use_certificate(context_, x509) == 1 && SSL_CTX_use_PrivateKey(context_, key) == 1;
    X509_free(x509);
    EVP_PKEY_free(key);
    if (!loaded) throw std::runtime_error("bad test certificate");
  }

  void serve();

  mutable std::mutex mutex_;
  bool stopping_ = false;
  int current_ = -1;
  std::thread thread_;
};

namespace {

class BlockingPeer : public TestPeer {
 public:
  BlockingPeer(int fd, SSL_CTX* context, std::function<void(SSL*)> at_handshake)
      : fd_(fd), context_(context), at_handshake_(std::move(at_handshake)) {}
  ~BlockingPeer() override { SSL_free(ssl_); }

  bool start_tls() override {
    ssl_ = SSL_new(context_);
    return shake_hands();
  }
  bool start_tls_1_2(MasterSecret secret) override {
    ssl_ = SSL_new(context_);
    SSL_set_max_proto_version(ssl_, TLS1_2_VERSION);
    if (secret == MasterSecret::plain) SSL_set_options(ssl_, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    return shake_hands();
  }
  std::string channel_binding() override {
    std::string value(32, '\0');
    SSL_export_keying_material(ssl_, reinterpret_cast<unsigned char*>(value.data()), value.size(),
                               "EXPORTER-Channel-Binding", 24, nullptr, 0, 0);
    return value;
  }
  void send(std::string_view bytes) override {
    if (!ssl_) return send_raw(bytes);
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string receive() override {
    char buffer[4096];
    auto n = ssl_ ? SSL_read(ssl_, buffer, sizeof buffer) : ::recv(fd_, buffer, sizeof buffer, 0);
    return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
  }
  std::string receive_line() override {
    std::string line;
    char c = 0;
    while ((ssl_ ? SSL_read(ssl_, &c, 1) : ::recv(fd_, &c, 1, 0)) == 1) {
      if (c == '\n') return line;
      if (c != '\r') line += c;
    }
    return {};
  }
  void receive_raw(std::size_t bytes) override {
    char c = 0;
    while (bytes-- > 0 && ::recv(fd_, &c, 1, 0) == 1) {
    }
  }
  void send_raw(std::string_view bytes) override {
    while (!bytes.empty()) {
      auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  void close_notify() override { SSL_shutdown(ssl_); }
  void wait_for_client_to_go() override {
    char buffer[256];
    while (::recv(fd_, buffer, sizeof buffer, 0) > 0) {
    }
  }
  void wait_for_hang_up() override {
    pollfd watched{fd_, POLLRDHUP, 0};
    ::poll(&watched, 1, -1);
  }

 private:
  bool shake_hands() {
    BIO* bio = net::make_socket_bio(fd_);
    SSL_set_bio(ssl_, bio, bio);
    bool is_server = at_handshake_ != nullptr;
    if ((is_server ? SSL_accept(ssl_) : SSL_connect(ssl_)) != 1) return false;
    if (is_server) at_handshake_(ssl_);
    return true;
  }

  int fd_;
  SSL_CTX* context_;
  std::function<void(SSL*)> at_handshake_;
  SSL* ssl_ = nullptr;
};

// BlockingPeer as a client, with the descriptor and the context that it uses.
struct ClientEnd {
  explicit ClientEnd(std::uint16_t port)
      : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        context(SSL_CTX_new(TLS_client_method())) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~ClientEnd() {
    ::close(fd);
    SSL_CTX_free(context);
  }
  int fd;
  SSL_CTX* context;
};

class ConnectedPeer final : private ClientEnd, public BlockingPeer {
 public:
  explicit ConnectedPeer(std::uint16_t port)
      : ClientEnd(port), BlockingPeer(fd, context, nullptr) {}
};

void echo(TestPeer& peer) {
  for (std::string got = peer.receive(); !got.empty(); got = peer.receive()) peer.send(got);
}

}  // namespace

void TestServer::Impl::serve() {
  while (true) {
    int fd = ::accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
    {
      std::lock_guard lock(mutex_);
      if (stopping_ || fd < 0) {
        if (fd >= 0) ::close(fd);
        return;
      }
      current_ = fd;
    }
    int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      BlockingPeer peer(fd, context_, [this](SSL* ssl) { note_handshake(ssl); });
      behaviour_(peer);
    }
    std::lock_guard lock(mutex_);
    current_ = -1;
    ::close(fd);
  }
}

std::unique_ptr<TestPeer> connect_tls(std::uint16_t port) {
  auto peer = std::make_unique<ConnectedPeer>(port);
  if (!peer->start_tls()) throw std::runtime_error("the handshake failed");
  return peer;
}

Behaviour tls_echo() {
  return [](TestPeer& peer) {
    if (peer.start_tls()) echo(peer);
  };
}

Behaviour tls_ping_and_http() {
  return [](TestPeer& peer) {
    if (!peer.start_tls()) {
      peer.wait_for_client_to_go();
      return;
    }
    while (true) {
      std::string line = peer.receive_line();
      if (line.empty()) return;
      if (line == "PING") {
        peer.send("PONG\r\n");
        continue;
      }
      while (!peer.receive_line().empty()) {
      }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  };
}

Behaviour plain_echo() {
  return [](TestPeer& peer) { echo(peer); };
}

Behaviour plain_greeting(std::string greeting) {
  return [greeting = std::move(greeting)](TestPeer& peer) {
    peer.send(greeting);
    peer.wait_for_client_to_go();
  };
}

Behaviour stall() {
  return [](TestPeer& peer) { peer.wait_for_client_to_go(); };
}

Behaviour stall_in_handshake() {
  return [](TestPeer& peer) {
    peer.receive_raw(5);
    peer.send_raw(
        std::string_view("\x16\x03\x03\x10\x00", 5));  // the head of a record that never comes
    peer.wait_for_client_to_go();
  };
}

Behaviour starttls_echo(std::string reply) {
  return [reply = std::move(reply)](TestPeer& peer) {
    peer.send("220 ready\r\n");
    peer.receive_line();
    peer.send(reply);
    if (peer.start_tls()) echo(peer);
  };
}

Behaviour tls_hello_then_cut() {
  return [](TestPeer& peer) {
    if (peer.start_tls()) peer.send("hello");
  };
}

Behaviour tls_hello_then_goodbye() {
  return [](TestPeer& peer) {
    if (!peer.start_tls()) return;
    peer.send("hello");
    peer.close_notify();
    peer.wait_for_client_to_go();
  };
}

TestServer::TestServer(Behaviour behaviour, const Certificate& certificate, std::string address)
    : impl_(std::make_unique<Impl>(std::move(behaviour), certificate, address)) {}
TestServer::~TestServer() = default;

void TestServer::demand_client_certificate(const std::filesystem::path& authority) {
  SSL_CTX* context = impl_->context_;
  if (SSL_CTX_load_verify_file(context, authority.c_str()) != 1)
    throw std::runtime_error("no test authority");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // Without it OpenSSL refuses resumption where clients have to show a certificate.
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>("test"), 4);
}

void TestServer::stay_at_tls12() { SSL_CTX_set_max_proto_version(impl_->context_, TLS1_2_VERSION); }

std::uint16_t TestServer::port() const noexcept { return impl_->listener_.port; }
int TestServer::connections() const { return impl_->read(&Impl::connections_); }
int TestServer::resumed() const { return impl_->read(&Impl::resumed_); }
std::string TestServer::last_sni() const { return impl_->read(&Impl::sni_); }

std::uint16_t refused_port() {
  Listener listener = listen_on("127.0.0.1");
  ::close(listener.fd);
  return listener.port;
}

}  // namespace postroom::test
