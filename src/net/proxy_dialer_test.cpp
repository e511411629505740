// What proxies do wrong, and what a client must not do because one is there.
#include "net/connector_fixture.hpp"
#include "net/http_client.hpp"
#include "tests/support/proxy_server.hpp"

namespace postroom::net {
namespace {

using test::ProxyKind;
using test::ProxyPlan;
using test::ProxyServer;
using test::TestServer;

class ProxyDialing : public ConnectorTest {
 protected:
  Target through(const std::string& url, std::uint16_t port, std::string host = "localhost") {
    return Target{.host = std::move(host),
                  .port = port,
                  .policy = {ca_.file()},
                  .proxy = parse_proxy_policy(url),
                  .connect_limit = 10s};
  }
};

Task<void> request_once(HttpClient& client, std::string url) {
  HttpResponse response = co_await client.send({.url = std::move(url)});
}

struct AnswerCase {
  std::string name;
  ProxyPlan plan;
  std::string code;
  bool is_same_for_http = true;
};

TEST_F(ProxyDialing, EveryAnswerHasItsCode) {
  constexpr auto socks5 = ProxyKind::socks5;
  auto http = [](std::string status) { return "HTTP/1.1 " + status + "\r\n\r\n"; };
  auto socks = [](char reply) { return std::string{5, reply, 0, 1, 0, 0, 0, 0, 0, 0}; };
  const AnswerCase cases[] = {
      {"forbidden", {.answer = http("403 Forbidden")}, "net.proxy_refused"},
      {"not found", {.answer = http("404 Not Found")}, "net.proxy_target_unreachable"},
      {"no CONNECT", {.answer = http("405 Method Not Allowed")}, "net.proxy_refused"},
      {"bad gateway", {.answer = http("502 Bad Gateway")}, "net.proxy_target_unreachable"},
      {"unavailable", {.answer = http("503 Unavailable")}, "net.proxy_target_unreachable"},
      {"timeout", {.answer = http("504 Timeout")}, "net.proxy_target_unreachable"},
      {"redirect", {.answer = http("302 Found")}, "net.proxy_refused"},
      {"digest only",
       {.answer = "HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"x\"\r\n\r\n"},
       "net.proxy_sign_in"},
      {"a page", {.answer = "<html><body>Welcome</body></html>"}, "net.proxy_protocol"},
      {"another protocol", {.greeting = "220 mail ESMTP\r\n"}, "net.proxy_protocol"},
      {"no status", {.answer = http("OK")}, "net.proxy_protocol", false},
      {"nothing", {.answer = "\n"}, "net.proxy_protocol"},
      {"an endless head",
       {.answer = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')},
       "net.proxy_protocol",
       false},
      {"SOCKS failure", {.kind = socks5, .answer = socks(1)}, "net.proxy_target_unreachable"},
      {"SOCKS rules", {.kind = socks5, .answer = socks(2)}, "net.proxy_refused"},
      {"SOCKS network", {.kind = socks5, .answer = socks(3)}, "net.proxy_target_unreachable"},
      {"SOCKS host", {.kind = socks5, .answer = socks(4)}, "net.proxy_target_unreachable"},
      {"SOCKS refused", {.kind = socks5, .answer = socks(5)}, "net.proxy_target_unreachable"},
      {"SOCKS TTL", {.kind = socks5, .answer = socks(6)}, "net.proxy_target_unreachable"},
      {"SOCKS command", {.kind = socks5, .answer = socks(7)}, "net.proxy_refused"},
      {"SOCKS address", {.kind = socks5, .answer = socks(8)}, "net.proxy_refused"},
      {"SOCKS unknown", {.kind = socks5, .answer = socks(99)}, "net.proxy_protocol"},
      {"SOCKS, cut", {.kind = socks5, .answer = {5, 0, 0}}, "net.proxy_protocol"},
      {"SOCKS, another version", {.kind = socks5, .answer = {4, 0, 0, 1}}, "net.proxy_protocol"},
      {"SOCKS, other bytes",
       {.kind = socks5, .greeting = "HTTP/1.1 400 Bad\r\n\r\n"},
       "net.proxy_protocol"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    ProxyServer proxy(each.plan);
    Target target = through(proxy.url(), 993);
    auto error = failure_of(open_and_close(*connector_, target));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), each.code) << error->message();
    EXPECT_TRUE(error->message().contains(to_words(*target.proxy.proxy))) << error->message();
    EXPECT_FALSE(error->hint().empty());
    if (!each.is_same_for_http) continue;
    auto client = make_http_client({{ca_.file()}, target.proxy});
    EXPECT_EQ(code_of(request_once(*client, "https://localhost:993/")), each.code);
  }
}

TEST_F(ProxyDialing, TellsAnUnreachableProxyFromAnUnreachableTarget) {
  std::string gone = std::to_string(test::refused_port());
  for (std::string scheme : {"http", "https", "socks5", "socks5h"}) {
    Target target = through(scheme + "://127.0.0.1:" + gone, 993);
    EXPECT_EQ(code_of(open_and_close(*connector_, target)), "net.proxy_unreachable") << scheme;
    auto client = make_http_client({{}, target.proxy});
    EXPECT_EQ(code_of(request_once(*client, "https://localhost:993/")), "net.proxy_unreachable");
  }
  // A label that no name server is asked for.
  Target target = through("http://" + std::string(70, 'x') + ":1", 993);
  EXPECT_EQ(code_of(open_and_close(*connector_, target)), "net.proxy_unreachable");
  ProxyServer http({});
  ProxyServer socks({.kind = ProxyKind::socks5});
  for (const auto* proxy : {&http, &socks}) {
    Target dead = through(proxy->url(), test::refused_port());
    EXPECT_EQ(code_of(open_and_close(*connector_, dead)), "net.proxy_target_unreachable");
  }
}

TEST_F(ProxyDialing, ASilentProxyEndsWithTheConnectLimit) {
  for (auto kind : {ProxyKind::http, ProxyKind::socks5}) {
    ProxyServer proxy({.kind = kind, .is_silent = true});
    Target target = through(proxy.url(), 993);
    target.connect_limit = 50ms;
    auto error = failure_of(open_and_close(*connector_, target));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), "net.timed_out");
    EXPECT_TRUE(error->message().contains(to_words(*target.proxy.proxy))) << error->message();
  }
}

TEST_F(ProxyDialing, TheProxyLooksUpNamesForSocks5hAndHttp) {
  TestServer server(test::tls_ping_and_http(), ca_.issue({.names = {"DNS:mail.behind.invalid"}}));
  std::string port = std::to_string(server.port());
  for (auto kind : {ProxyKind::http, ProxyKind::socks5}) {
    ProxyServer proxy({.kind = kind});
    Target target = through(proxy.url(), server.port(), "mail.behind.invalid");
    EXPECT_EQ(code_of(open_and_close(*connector_, target)), "no error");
    EXPECT_EQ(proxy.asked_for(), std::vector<std::string>{"mail.behind.invalid:" + port});
  }
  ProxyServer socks({.kind = ProxyKind::socks5});
  Target here = through(socks.url("", "socks5"), server.port(), std::string(70, 'x'));
  EXPECT_EQ(code_of(open_and_close(*connector_, here)), "net.unknown_host");
  here.host = "localhost";
  code_of(open_and_close(*connector_, here));
  EXPECT_EQ(socks.asked_for(), std::vector<std::string>{"127.0.0.1:" + port});
}

TEST_F(ProxyDialing, NoHostCanWriteIntoTheProxysLines) {
  ProxyServer proxy({});
  for (std::string host : {"a\r\nX: y", "a b", "", "a\x01"}) {
    Target target = through(proxy.url(), 993, host);
    EXPECT_EQ(code_of(open_and_close(*connector_, target)), "net.unknown_host");
  }
  EXPECT_EQ(proxy.connections(), 0);
}

Task<void> read_greeting(Connector& connector, const Target& target, bool& is_private,
                         std::string& greeting) {
  auto stream = co_await connector.open(target);
  is_private = stream->is_private();
  while (greeting.size() < 10) {
    std::string more = co_await read_once(*stream);
    if (more.empty()) break;
    greeting += more;
  }
}

// The greeting may come in the packet of the proxy's own answer. And plain text behind a proxy on
// this machine still leaves it.
TEST_F(ProxyDialing, AGreetingBehindTheAnswerIsTheServersAndNotPrivate) {
  for (auto kind : {ProxyKind::http, ProxyKind::socks5}) {
    std::string head = kind == ProxyKind::http ? "HTTP/1.1 100 Wait\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
                                               : std::string{5, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    ProxyServer proxy({.kind = kind, .answer = head + "* OK hello"});
    Target target = through(proxy.url(), 143);
    target.tls = TlsMode::none;
    bool is_private = true;
    std::string greeting;
    run(read_greeting(*connector_, target, is_private, greeting));
    EXPECT_EQ(greeting, "* OK hello");
    EXPECT_FALSE(is_private);
    target.tls = TlsMode::implicit;
    EXPECT_EQ(code_of(open_and_close(*connector_, target)), "tls.not_tls");
  }
}

Task<void> start_tls_once(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  std::string greeting = co_await read_once(*stream);
  co_await stream->write("STARTTLS\r\n");
  std::string reply = co_await read_once(*stream);
  EXPECT_TRUE(reply.starts_with("220 go")) << reply;
  co_await stream->start_tls();
  std::string answer = co_await ask(*stream, "hello");
  EXPECT_EQ(answer, "hello");
  stream->close();
}

TEST_F(ProxyDialing, StartTlsWorksAlsoInsideTlsToTheProxy) {
  ProxyServer https({.kind = ProxyKind::https, .certificate = ca_.issue({})});
  ProxyServer http({});
  for (const auto* proxy : {&https, &http}) {
    TestServer server(test::starttls_echo("220 go\r\n"), ca_.issue({}));
    Target target = through(proxy->url(), server.port());
    target.tls = TlsMode::starttls;
    EXPECT_EQ(code_of(start_tls_once(*connector_, target)), "no error");
    EXPECT_EQ(proxy->connections(), 1);
  }
}

TEST_F(ProxyDialing, TheProxysOwnCertificateIsChecked) {
  test::TestCa foreign("Foreign CA");
  ProxyServer proxy({.kind = ProxyKind::https, .certificate = foreign.issue({})});
  Target target = through(proxy.url(), 993);
  auto error = failure_of(open_and_close(*connector_, target));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "tls.untrusted");
  EXPECT_TRUE(error->message().contains("proxy")) << error->message();
  auto client = make_http_client({target.policy, target.proxy});
  EXPECT_EQ(code_of(request_once(*client, "https://localhost:993/")), "tls.untrusted");
  EXPECT_TRUE(proxy.asked_for().empty());
  ProxyServer plain({});
  Target mistaken = through("https://127.0.0.1:" + std::to_string(plain.port()), 993);
  mistaken.connect_limit = 2s;
  ProxyServer chatty({.greeting = "HTTP/1.1 400 Bad Request\r\n\r\n"});
  mistaken.proxy = parse_proxy_policy("https://127.0.0.1:" + std::to_string(chatty.port()));
  auto confused = failure_of(open_and_close(*connector_, mistaken));
  ASSERT_TRUE(confused);
  EXPECT_EQ(confused->code(), "tls.not_tls");
  EXPECT_TRUE(confused->hint().contains("http://")) << confused->hint();
}

Task<void> echo_a_lot(Connector& connector, const Target& target) {
  auto stream = co_await connector.open(target);
  for (int i = 0; i < 40; ++i) {
    std::string sent(30'000, static_cast<char>('a' + i % 26));
    std::string got = co_await ask(*stream, sent);
    EXPECT_EQ(got, sent);
  }
  stream->close();
}

TEST_F(ProxyDialing, BulkGoesThroughTlsInTls) {
  ProxyServer proxy({.kind = ProxyKind::https, .certificate = ca_.issue({})});
  TestServer server(test::tls_echo(), ca_.issue({}));
  EXPECT_EQ(code_of(echo_a_lot(*connector_, through(proxy.url(), server.port()))), "no error");
}

}  // namespace
}  // namespace postroom::net
