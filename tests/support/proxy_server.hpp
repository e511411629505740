// ProxyServer: a small HTTP CONNECT or SOCKS 5 proxy on loopback, for tests. Whatever host it is
// asked for, it connects to 127.0.0.1 and that port, so that names that exist nowhere can be tried.
//
//   ProxyServer proxy({.kind = ProxyKind::http, .user = "jo", .password = "secret"});
//   proxy.url();                        // "http://127.0.0.1:PORT"
//   proxy.asked_for();                  // "localhost:993"
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/test_tls.hpp"

namespace postroom::test {

enum class ProxyKind { http, https, socks5 };

struct ProxyPlan {
  ProxyKind kind = ProxyKind::http;
  std::string user = {};  // empty: takes everybody
  std::string password = {};
  Certificate certificate = {};  // for https
  // Sent as its answer in place of connecting: to CONNECT, or to a SOCKS request.
  std::string answer = {};
  // The same, as soon as somebody connects.
  std::string greeting = {};
  bool is_silent = false;  // takes requests and says nothing
};

class ProxyServer {
 public:
  explicit ProxyServer(ProxyPlan plan);
  ProxyServer(const ProxyServer&) = delete;
  ProxyServer& operator=(const ProxyServer&) = delete;
  ~ProxyServer();

  std::uint16_t port() const noexcept;
  // As `proxy` takes it: the scheme of its kind unless given, and "USER:PASSWORD" where given.
  std::string url(const std::string& sign_in = {}, const std::string& scheme = {}) const;

  // Targets of the requests that passed sign-in, "host:port"; addresses as the client wrote them.
  std::vector<std::string> asked_for() const;
  int connections() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postroom::test
