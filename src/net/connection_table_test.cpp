// One table over both ways out of here, our streams and libcurl: every route times every
// certificate ends in the same code.
#include "net/connector_fixture.hpp"
#include "net/http_client.hpp"
#include "tests/support/proxy_server.hpp"

namespace postroom::net {
namespace {

using test::Certificate;
using test::ProxyKind;
using test::ProxyServer;
using test::TemporaryPem;
using test::TestCa;
using test::TestServer;

struct Route {
  std::string name;
  std::string proxy;  // as a flow writes it
  std::string code;   // what it ends in before any certificate is seen; empty: it gets there
};

struct Server {
  std::string name;
  Certificate certificate;
  TlsPolicy policy;
  std::string code;
  bool demands_certificate = false;
  bool is_tls12 = false;
};

Task<void> ping(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  co_await stream->write("PING\r\n");
  std::string answer = co_await read_once(*stream);
  EXPECT_EQ(answer, "PONG\r\n");
  stream->close();
}

Task<void> fetch(HttpClient& client, HttpRequest request) {
  HttpResponse response = co_await client.send(std::move(request));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "ok");
}

class ConnectionTable : public ConnectorTest {
 protected:
  std::vector<Route> routes() const {
    return {
        {"direct", "none", ""},
        {"http", http_.url(), ""},
        {"http, signed in", closed_http_.url("jo:p%40ss%20w"), ""},
        {"http, wrong password", closed_http_.url("jo:hunter2"), "net.proxy_sign_in"},
        {"http, nobody", closed_http_.url(), "net.proxy_sign_in"},
        {"https", https_.url("jo:p%40ss%20w"), ""},
        {"socks5", socks_.url("", "socks5"), ""},
        {"socks5, signed in", closed_socks_.url("jo:p%40ss%20w", "socks5"), ""},
        {"socks5h", socks_.url(), ""},
        {"socks5h, wrong password", closed_socks_.url("jo:hunter2"), "net.proxy_sign_in"},
        {"socks5h, nobody", closed_socks_.url(), "net.proxy_sign_in"},
    };
  }

  std::vector<Server> servers() const {
    Certificate good = ca_.issue({});
    Certificate alone = test::make_self_signed({});
    Certificate misnamed = ca_.issue({.names = {"DNS:mail.example.com"}});
    Certificate expired = ca_.issue({.valid_from_days = -30, .valid_to_days = -1});
    TlsPolicy ours{ca_.file()};
    TlsPolicy known{ca_.file(), {}, ours_.file(), ours_key_.file()};
    TlsPolicy foreign{ca_.file(), {}, foreign_.file()};
    return {
        {"good", good, ours, ""},
        {"expired", expired, ours, "tls.expired"},
        {"wrong name", misnamed, ours, "tls.wrong_name"},
        {"self-signed", alone, ours, "tls.self_signed"},
        {"unknown authority", good, {}, "tls.untrusted"},
        {"right pin", alone, {{}, {test::pin_of(good), test::pin_of(alone)}}, ""},
        {"right pin, wrong name", misnamed, {{}, {test::pin_of(misnamed)}}, "tls.wrong_name"},
        {"right pin, expired", expired, {{}, {test::pin_of(expired)}}, "tls.expired"},
        {"wrong pin", good, {ca_.file(), {test::pin_of(alone)}}, "tls.pin_mismatch"},
        {"client certificate", good, known, "", true},
        {"client certificate missing", good, ours, "tls.client_certificate_required", true},
        {"client certificate refused", good, foreign, "tls.client_certificate_refused", true},
        {"client certificate, 1.2", good, known, "", true, true},
        {"missing, 1.2", good, ours, "tls.client_certificate_required", true, true},
        {"refused, 1.2", good, foreign, "tls.client_certificate_refused", true, true},
    };
  }

  static void expect(const std::optional<Error>& error, const std::string& code) {
    EXPECT_EQ(error ? error->code() : "", code) << (error ? error->message() : "");
    if (!error) return;
    EXPECT_FALSE(error->hint().empty());
    for (const char* secret : {"hunter2", "p@ss", "p%40ss"}) {
      EXPECT_FALSE(error->message().contains(secret)) << error->message();
      EXPECT_FALSE(error->hint().contains(secret)) << error->hint();
    }
  }

  Certificate client_ = ca_.issue({.common_name = "client", .names = {}});
  TemporaryPem ours_{client_.certificate_pem};
  TemporaryPem ours_key_{client_.key_pem};
  Certificate stranger_ = TestCa("Foreign CA").issue({.common_name = "stranger", .names = {}});
  TemporaryPem foreign_{stranger_.certificate_pem + stranger_.key_pem};

  ProxyServer http_{{}};
  ProxyServer closed_http_{{.user = "jo", .password = "p@ss w"}};
  ProxyServer https_{
      {.kind = ProxyKind::https, .user = "jo", .password = "p@ss w", .certificate = ca_.issue({})}};
  ProxyServer socks_{{.kind = ProxyKind::socks5}};
  ProxyServer closed_socks_{{.kind = ProxyKind::socks5, .user = "jo", .password = "p@ss w"}};
};

TEST_F(ConnectionTable, StreamsAndLibcurlEndInTheSameCode) {
  for (const auto& server : servers()) {
    TestServer running(test::tls_ping_and_http(), server.certificate);
    if (server.demands_certificate) running.demand_client_certificate(ca_.file());
    if (server.is_tls12) running.stay_at_tls12();
    for (const auto& route : routes()) {
      // The proxy's own certificate has to be believed too.
      if (route.name == "https" && server.policy.extra_ca.empty()) continue;
      SCOPED_TRACE(server.name + " by " + route.name);
      const std::string& code = route.code.empty() ? server.code : route.code;
      ProxyPolicy proxy = parse_proxy_policy(route.proxy);
      Target target{
          .host = "localhost", .port = running.port(), .policy = server.policy, .proxy = proxy};
      auto connector = make_connector();
      expect(failure_of(ping(*connector, target)), code);
      auto client = make_http_client({server.policy, proxy});
      HttpRequest request{.url = "https://localhost:" + std::to_string(running.port()) + "/x?q=1"};
      expect(failure_of(fetch(*client, request)), code);
    }
  }
}

TEST_F(ConnectionTable, AMismatchShowsTheKeyToCompare) {
  Certificate good = ca_.issue({});
  TestServer running(test::tls_ping_and_http(), good);
  TlsPolicy wrong{{}, {test::pin_of(client_)}};
  Target target{.host = "localhost", .port = running.port(), .policy = wrong};
  auto error = failure_of(ping(*connector_, target));
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->message().contains(test::pin_of(good))) << error->message();
}

TEST_F(ConnectionTable, ResumesBehindAProxy) {
  TestServer running(test::tls_ping_and_http(), ca_.issue({}));
  Target target = tls_target(running);
  target.proxy = parse_proxy_policy(http_.url());
  run(ping(*connector_, target));
  run(ping(*connector_, target));
  EXPECT_EQ(running.connections(), 2);
  EXPECT_EQ(running.resumed(), 1);
}

}  // namespace
}  // namespace postroom::net
