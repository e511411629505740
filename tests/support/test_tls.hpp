// Throw-away certificates and a small TLS or plain server on loopback, for tests of what happens
// below a protocol.
//
//   TestCa ca("Test CA");
//   TestServer server(tls_echo(), ca.issue({}));      // 127.0.0.1, a free port, a thread of its
//   own net::Target target{.host = "localhost", .port = server.port(), .policy = {ca.file()}};
//
// A behaviour is a function run for each connection, one connection after the other; it may block:
// the server's destructor cuts the connection under it. Anything it does may fail once the client
// has gone: it then just returns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::test {

struct Certificate {
  std::string certificate_pem;
  std::string key_pem;
};

struct CertificatePlan {
  std::string common_name = "localhost";
  std::vector<std::string> names = {"DNS:localhost", "IP:127.0.0.1", "IP:::1"};  // subjectAltName
  int valid_from_days = -1;                                                      // from today
  int valid_to_days = 30;
};

// EC P-256.
Certificate make_self_signed(const CertificatePlan& plan);

class TestCa {
 public:
  explicit TestCa(const std::string& common_name);
  TestCa(const TestCa&) = delete;
  TestCa& operator=(const TestCa&) = delete;
  ~TestCa();

  Certificate issue(const CertificatePlan& plan) const;
  // Its certificate as a PEM file, removed with this object.
  const std::filesystem::path& file() const noexcept { return file_; }

 private:
  Certificate own_;
  std::filesystem::path file_;
};

// SHA-256 of its public key in base64, as tls_pin_sha256 takes it.
std::string pin_of(const Certificate& certificate);

// `pem` in a temporary file that goes with the object.
class TemporaryPem {
 public:
  explicit TemporaryPem(const std::string& pem);
  TemporaryPem(const TemporaryPem&) = delete;
  TemporaryPem& operator=(const TemporaryPem&) = delete;
  ~TemporaryPem();
  const std::filesystem::path& file() const noexcept { return file_; }

 private:
  std::filesystem::path file_;
};

// The server's side of one connection. Blocking.
class TestPeer {
 public:
  virtual ~TestPeer() = default;
  virtual bool start_tls() = 0;  // false: the handshake failed
  // TLS 1.2 and no newer, with or without the extended master secret (RFC 7627).
  enum class MasterSecret { extended, plain };
  virtual bool start_tls_1_2(MasterSecret secret) = 0;
  virtual std::string channel_binding() = 0;  // tls-exporter (RFC 9266), whatever the version
  virtual void send(std::string_view bytes) = 0;
  virtual std::string receive() = 0;                // what there is, at least a byte; "" at the end
  virtual std::string receive_line() = 0;           // without CRLF; "" at the end
  virtual void receive_raw(std::size_t bytes) = 0;  // below TLS
  virtual void send_raw(std::string_view bytes) = 0;
  virtual void close_notify() = 0;  // TLS goodbye; the connection itself ends with the behaviour
  virtual void wait_for_client_to_go() = 0;  // reads and drops what it sends until then
  virtual void wait_for_hang_up() = 0;       // the same, reading nothing
};
using Behaviour = std::function<void(TestPeer&)>;

// The client's side of a TLS connection to 127.0.0.1, which checks nobody. For relays.
std::unique_ptr<TestPeer> connect_tls(std::uint16_t port);

Behaviour tls_echo();  // implicit TLS; sends back what it gets until the client goes
Behaviour plain_echo();
// Under TLS, answers the line "PING" with "PONG" and an HTTP request with 200 and the body "ok",
// any number of times. A failed handshake is not cut short, so that its alert arrives.
Behaviour tls_ping_and_http();
Behaviour plain_greeting(std::string greeting);  // says this and waits, as a plain port does
Behaviour stall();                               // accepts and says nothing
Behaviour stall_in_handshake();                  // takes the ClientHello and says nothing
// Plain greeting, reads a line, answers `reply` (and so whatever stands behind its CRLF), then TLS
// and echo.
Behaviour starttls_echo(std::string reply);
// Says "hello" under TLS, then cuts the connection without close_notify; or with it.
Behaviour tls_hello_then_cut();
Behaviour tls_hello_then_goodbye();

class TestServer {
 public:
  // Plain behaviours need no certificate. `address` is a literal.
  explicit TestServer(Behaviour behaviour, const Certificate& certificate = {},
                      std::string address = "127.0.0.1");
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  // Before the first connection: takes only clients with a certificate from this authority.
  void demand_client_certificate(const std::filesystem::path& authority);
  // Before the first connection: no TLS 1.3.
  void stay_at_tls12();

  std::uint16_t port() const noexcept;
  // Of the handshakes so far.
  int connections() const;
  int resumed() const;
  std::string last_sni() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// A port on 127.0.0.1 where nothing listens.
std::uint16_t refused_port();

}  // namespace postroom::test
