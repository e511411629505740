#include "net/http_client.hpp"

#include "net/connector_fixture.hpp"
#include "net/with_timeout.hpp"
#include "tests/support/proxy_server.hpp"

namespace postroom::net {
namespace {

using test::TestPeer;
using test::TestServer;

// A plain HTTP server: reads each request's head, gives it to `answer`, sends what comes back.
test::Behaviour http_server(std::function<std::string(const std::string& head, TestPeer&)> answer) {
  return [answer = std::move(answer)](TestPeer& peer) {
    while (true) {
      std::string head;
      for (std::string line = peer.receive_line(); !line.empty(); line = peer.receive_line())
        head += line + "\n";
      if (head.empty()) return;
      std::string reply = answer(head, peer);
      if (reply.empty()) return;
      peer.send(reply);
    }
  };
}

std::string with_length(const std::string& body, const std::string& extra = "") {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + extra +
         "\r\n" + body;
}

std::string url_of(const TestServer& server, const std::string& path = "/") {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

Task<void> send_into(HttpClient& client, HttpRequest request, HttpResponse& response) {
  response = co_await client.send(std::move(request));
}

class Http : public ConnectorTest {
 protected:
  HttpResponse send(HttpRequest request) {
    HttpResponse response;
    run(send_into(*client_, std::move(request), response));
    return response;
  }
  std::string code(HttpRequest request) {
    HttpResponse response;
    error_ = failure_of(send_into(*client_, std::move(request), response));
    return error_ ? error_->code() : "no error";
  }

  std::unique_ptr<HttpClient> client_ = make_http_client({{ca_.file()}, {}});
  std::optional<Error> error_;
};

TEST_F(Http, SendsAndReceives) {
  std::string seen, body;
  TestServer server(http_server([&](const std::string& head, TestPeer& peer) {
    seen = head;
    if (head.contains("Content-Length: 5"))
      while (body.size() < 5) body += peer.receive();
    return with_length("answer", "X-Kind: first\r\nX-Empty:\r\n");
  }));
  HttpResponse response = send({.method = "POST",
                                .url = url_of(server, "/a?b=c"),
                                .headers = {{"X-Ours", "yes"}, {"X-None", ""}},
                                .body = "hello"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "answer");
  EXPECT_EQ(response.header("x-kind"), "first");
  EXPECT_EQ(response.header("absent"), "");
  EXPECT_TRUE(seen.starts_with("POST /a?b=c HTTP/1.1\n")) << seen;
  EXPECT_TRUE(seen.contains("X-Ours: yes\n") && seen.contains("X-None:\n")) << seen;
  EXPECT_FALSE(seen.contains("Expect:")) << seen;
  EXPECT_EQ(body, "hello");
  send({.method = "DELETE", .url = url_of(server)});
  EXPECT_TRUE(seen.starts_with("DELETE / ")) << seen;
  send({.url = url_of(server)});
  EXPECT_TRUE(seen.starts_with("GET / ")) << seen;
}

TEST_F(Http, StreamsBothWays) {
  std::string got;
  const std::string big(300'000, 'z');
  TestServer server(http_server([&](const std::string&, TestPeer& peer) {
    while (got.size() < big.size()) {
      std::string more = peer.receive();
      if (more.empty()) break;
      got += more;
    }
    return with_length(big);
  }));
  base::StringSource source(big);
  base::StringSink sink;
  HttpResponse response =
      send({.method = "PUT", .url = url_of(server), .source = &source, .sink = &sink});
  EXPECT_EQ(got, big);
  EXPECT_EQ(sink.text, big);
  EXPECT_TRUE(response.body.empty());
}

TEST_F(Http, AnErrorsBodyDoesNotGoToTheSink) {
  TestServer server(http_server([](const std::string&, TestPeer&) {
    return "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone";
  }));
  base::StringSink sink;
  HttpResponse response = send({.url = url_of(server), .sink = &sink});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, "gone");
  EXPECT_TRUE(sink.text.empty());
}

Task<void> send_many(HttpClient& client, std::string url, int count) {
  for (int i = 0; i < count; ++i) {
    HttpResponse response = co_await client.send({.url = url});
    EXPECT_EQ(response.status, 200);
  }
}

TEST_F(Http, RequestsShareOneConnectionAndLoopsMayCome) {
  int connections = 0;
  auto inner = http_server([](const std::string&, TestPeer&) { return with_length("ok"); });
  TestServer server([&](TestPeer& peer) {
    ++connections;
    inner(peer);
  });
  run(send_many(*client_, url_of(server), 5));
  run(send_many(*client_, url_of(server), 5));
  EXPECT_EQ(connections, 1);
}

Task<void> send_together(TaskGroup& group, HttpClient& client, const std::string& url) {
  for (int i = 0; i < 12; ++i) {
    Task<void> one = send_many(client, url, 2);
    co_await group.spawn(std::move(one));
  }
}

TEST_F(Http, ManyRunSideBySide) {
  TestServer closing([](TestPeer& peer) {
    while (!peer.receive_line().empty()) {
    }
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  run(run_group(&send_together, *client_, url_of(closing)));
}

TEST_F(Http, FollowsNoRedirectUnlessTold) {
  TestServer server(http_server([](const std::string& head, TestPeer&) {
    return head.starts_with("GET /there") ? with_length("here")
           : head.starts_with("GET /loop")
               ? "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n"
               : "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n";
  }));
  HttpResponse response = send({.url = url_of(server)});
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.header("location"), "/there");
  response = send({.url = url_of(server), .limits = {.redirects = 3}});
  EXPECT_EQ(response.body, "here");
  EXPECT_EQ(response.header("location"), "");
  EXPECT_EQ(code({.url = url_of(server, "/loop"), .limits = {.redirects = 3}}), "http.redirects");
}

TEST_F(Http, EveryAnswerIsBounded) {
  TestServer big(http_server(
      [](const std::string&, TestPeer&) { return with_length(std::string(5000, 'x')); }));
  EXPECT_EQ(code({.url = url_of(big), .limits = {.body = 4999}}), "http.too_large");
  EXPECT_EQ(code({.url = url_of(big), .limits = {.body = 5000}}), "no error");
  base::StringSink sink;
  EXPECT_EQ(code({.url = url_of(big), .sink = &sink, .limits = {.streamed = 4999}}),
            "http.too_large");
  EXPECT_EQ(code({.url = url_of(big), .limits = {.headers = 10}}), "http.too_large");
}

TEST_F(Http, WhatIsNotHttpSaysSo) {
  TestServer imap(test::plain_greeting("* OK IMAP4rev1 ready\r\n"));
  EXPECT_EQ(code({.url = url_of(imap)}), "http.broken");
  TestServer cut([](TestPeer& peer) {
    while (!peer.receive_line().empty()) {
    }
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  EXPECT_EQ(code({.url = url_of(cut)}), "net.closed");
  EXPECT_TRUE(error_->transient());
  TestServer plain(test::plain_greeting("HTTP/1.1 400 Bad Request\r\n\r\n"));
  EXPECT_EQ(code({.url = "https://localhost:" + std::to_string(plain.port()) + "/",
                  .limits = {.connect = 3s}}),
            "tls.not_tls");
}

TEST_F(Http, LimitsOfTimeHold) {
  TestServer silent(test::stall());
  EXPECT_EQ(code({.url = url_of(silent), .limits = {.idle = 50ms}}), "net.stalled");
  EXPECT_EQ(code({.url = url_of(silent), .limits = {.total = 50ms}}), "net.timed_out");
  std::string tls = "https://localhost:" + std::to_string(silent.port()) + "/";
  EXPECT_EQ(code({.url = tls, .limits = {.connect = 50ms}}), "net.timed_out");
  EXPECT_EQ(error_->kind(), ErrorKind::timed_out);
}

Task<void> cancel_at_once(TaskGroup& group, HttpClient& client, const std::string& url) {
  Task<void> sending = send_many(client, url, 1);
  co_await group.spawn(std::move(sending));
  co_await pause(20ms);
  group.cancel();
}

TEST_F(Http, CanBeCancelled) {
  TestServer silent(test::stall());
  run(run_group(&cancel_at_once, *client_, url_of(silent)));
}

TEST_F(Http, ErrorsKeepSecretsAndNameThePlace) {
  std::string port = std::to_string(test::refused_port());
  EXPECT_EQ(code({.url = "http://jo:hunter2@127.0.0.1:" + port + "/path?token=hunter2#hunter2",
                  .headers = {{"Authorization", "Bearer hunter2"}},
                  .body = "hunter2"}),
            "net.refused");
  EXPECT_TRUE(error_->message().contains("127.0.0.1:" + port));
  EXPECT_FALSE((error_->message() + error_->hint() + error_->server_text()).contains("hunter2"));
  // A label that no name server is asked for.
  EXPECT_EQ(code({.url = "https://" + std::string(70, 'x') + "/"}), "net.unknown_host");
}

TEST_F(Http, RefusesAUrlWithoutShowingItsPassword) {
  for (const char* url :
       {"ftp://jo:hunter2@h/", "jo:hunter2@http://h", "ftp://jo:hun?ter2@h", "hunter2@h",
        "ftp://h/?token=hunter2", "https://h:port/?a=b@hunter2", "https://jo:hunter2@h:port/"}) {
    try {
      run(client_->send({.url = url}));
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), "http.bad_url") << url;
      EXPECT_FALSE(error.message().contains("ter2")) << error.message();
    }
  }
}

TEST_F(Http, RefusesWhatItCannotSend) {
  for (const char* url : {"", "ftp://h/", "file:///etc/passwd", "h", "https://", "/path"})
    EXPECT_EQ(code({.url = url}), "http.bad_url") << url;
  for (HttpHeader header : {HttpHeader{"X", "a\r\nY: b"}, {"X: y", "z"}, {"", "z"}, {"X\n", "z"}})
    EXPECT_EQ(code({.url = "http://127.0.0.1:1/", .headers = {header}}), "http.bad_request");
  EXPECT_EQ(code({.method = "GET /x HTTP/1.1\r\n", .url = "http://127.0.0.1:1/"}),
            "http.bad_request");
  client_ = make_http_client({{"/nonexistent/ca.pem"}, {}});
  EXPECT_EQ(code({.url = "https://localhost:1/"}), "tls.bad_ca");
}

struct FullDisk final : base::ByteSink {
  void write(std::string_view) override { throw Error(ErrorKind::storage, "disk.full", "full"); }
};

TEST_F(Http, ASinksErrorIsTheRequests) {
  TestServer server(http_server([](const std::string&, TestPeer&) { return with_length("x"); }));
  FullDisk sink;
  EXPECT_EQ(code({.url = url_of(server), .sink = &sink}), "disk.full");
}

TEST_F(Http, PlainHttpThroughAProxyThatWantsASignIn) {
  test::ProxyServer proxy({.user = "jo", .password = "x"});
  client_ = make_http_client({{}, parse_proxy_policy(proxy.url())});
  EXPECT_EQ(code({.url = "http://127.0.0.1:1/"}), "net.proxy_sign_in");
}

}  // namespace
}  // namespace postroom::net
