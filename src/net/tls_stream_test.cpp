#include "net/connector_fixture.hpp"

namespace postroom::net {
namespace {

using test::CertificatePlan;
using test::TestCa;
using test::TestServer;

class TlsStream : public ConnectorTest {};

Task<void> echo_facts(Connector& connector, const Target& target, TlsFacts& facts) {
  auto stream = co_await connector.open(target);
  EXPECT_TRUE(stream->is_encrypted());
  EXPECT_TRUE(stream->is_private());
  std::string answer = co_await ask(*stream, "hello");
  EXPECT_EQ(answer, "hello");
  facts = stream->tls_facts();
  stream->close();
  stream->close();
}

TEST_F(TlsStream, SpeaksAndTellsWhatWasAgreed) {
  TestServer server(test::tls_echo(), ca_.issue({}));
  TlsFacts facts;
  run(echo_facts(*connector_, tls_target(server), facts));
  EXPECT_EQ(facts.version, "TLSv1.3");
  EXPECT_FALSE(facts.cipher.empty());
  EXPECT_EQ(facts.peer_name, "localhost");
  EXPECT_EQ(facts.peer_issuer, "CN=Postroom test CA");
  EXPECT_EQ(facts.peer_not_after.size(), 10u);
  EXPECT_EQ(server.last_sni(), "localhost");
}

TEST_F(TlsStream, ChecksAddressesAndSendsNoNameForThem) {
  TestServer server(test::tls_echo(), ca_.issue({}));
  TlsFacts facts;
  run(echo_facts(*connector_, tls_target(server, "127.0.0.1"), facts));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.last_sni(), "");
}

struct CertificateCase {
  std::string name;
  CertificatePlan plan;
  std::string code;
};

TEST_F(TlsStream, RefusesEveryWrongCertificateWithItsOwnCode) {
  const CertificateCase cases[] = {
      {"good", {}, "no error"},
      {"wildcard", {.names = {"DNS:*.example.com"}}, "tls.wrong_name"},
      {"expired", {.valid_from_days = -30, .valid_to_days = -1}, "tls.expired"},
      {"not yet valid", {.valid_from_days = 2}, "tls.not_yet_valid"},
      {"wrong name",
       {.common_name = "mail.example.com", .names = {"DNS:mail.example.com"}},
       "tls.wrong_name"},
      {"name only in CN",
       {.common_name = "localhost", .names = {"DNS:mail.example.com"}},
       "tls.wrong_name"},
  };
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    TestServer server(test::tls_echo(), ca_.issue(each.plan));
    auto error = failure_of(open_and_close(*connector_, tls_target(server)));
    EXPECT_EQ(error ? error->code() : "no error", each.code);
    if (!error) continue;
    EXPECT_EQ(error->kind(), ErrorKind::tls);
    EXPECT_FALSE(error->hint().empty());
    EXPECT_TRUE(error->message().contains("localhost")) << error->message();
    EXPECT_FALSE(error->transient());
  }
}

TEST_F(TlsStream, RefusesAnAddressThatTheCertificateDoesNotName) {
  TestServer server(test::tls_echo(), ca_.issue({.names = {"DNS:localhost"}}));
  EXPECT_EQ(code_of(open_and_close(*connector_, tls_target(server, "127.0.0.1"))),
            "tls.wrong_name");
}

TEST_F(TlsStream, TrustsNobodyByDefault) {
  TestCa foreign("Foreign CA");
  TestServer stranger(test::tls_echo(), foreign.issue({}));
  EXPECT_EQ(code_of(open_and_close(*connector_, tls_target(stranger))), "tls.untrusted");
  auto self_signed = test::make_self_signed({});
  TestServer alone(test::tls_echo(), self_signed);
  EXPECT_EQ(code_of(open_and_close(*connector_, tls_target(alone))), "tls.self_signed");
}

TEST_F(TlsStream, TrustsASelfSignedCertificateThatWasNamed) {
  auto certificate = test::make_self_signed({});
  test::TemporaryPem file(certificate.certificate_pem);
  TestServer server(test::tls_echo(), certificate);
  Target target = tls_target(server);
  target.policy.extra_ca = file.file();
  EXPECT_EQ(code_of(open_and_close(*connector_, target)), "no error");
}

TEST_F(TlsStream, NamesACaFileThatCannotBeRead) {
  TestServer server(test::tls_echo(), ca_.issue({}));
  Target target = tls_target(server);
  target.policy.extra_ca = "/nonexistent/ca.pem";
  auto error = failure_of(open_and_close(*connector_, target));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "tls.bad_ca");
  EXPECT_EQ(error->kind(), ErrorKind::config);
  EXPECT_NE(error->message().find("No such file"), std::string::npos) << error->message();
  test::TemporaryPem rubbish("not a certificate");
  target.policy.extra_ca = rubbish.file();
  EXPECT_EQ(code_of(open_and_close(*connector_, target)), "tls.bad_ca");
}

TEST_F(TlsStream, AFailedCheckIsNeverSkippedByResumption) {
  TestServer server(test::tls_echo(), ca_.issue({}));
  TlsFacts facts;
  run(echo_facts(*connector_, tls_target(server), facts));
  Target without_ca = tls_target(server);
  without_ca.policy = {};
  EXPECT_EQ(code_of(open_and_close(*connector_, without_ca)), "tls.untrusted");
}

TEST_F(TlsStream, ResumesTheSecondConnection) {
  TestServer server(test::tls_echo(), ca_.issue({}));
  TlsFacts facts;
  run(echo_facts(*connector_, tls_target(server), facts));
  EXPECT_EQ(server.resumed(), 0);
  run(echo_facts(*connector_, tls_target(server), facts));
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.resumed(), 1);
  EXPECT_EQ(facts.peer_issuer, "CN=Postroom test CA");
}

TEST_F(TlsStream, TellsAPlainGreetingFromTls) {
  TestServer server(test::plain_greeting("* OK IMAP4rev1 ready\r\n"));
  for (int i = 0; i < 5; ++i) {  // the greeting may come before or after the ClientHello
    auto error = failure_of(open_and_close(*connector_, tls_target(server)));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), "tls.not_tls");
    EXPECT_TRUE(error->hint().contains("starttls")) << error->hint();
  }
}

TEST_F(TlsStream, TellsAPlainAnswerToTheClientHello) {
  TestServer server([](test::TestPeer& peer) {
    peer.receive_raw(1);
    peer.send("500 syntax error, command unrecognized\r\n");
    peer.wait_for_client_to_go();
  });
  EXPECT_EQ(code_of(open_and_close(*connector_, tls_target(server))), "tls.not_tls");
}

TEST_F(TlsStream, ReportsAHandshakeThatIsHungUp) {
  TestServer server([](test::TestPeer& peer) { peer.receive_raw(5); });
  auto error = failure_of(open_and_close(*connector_, tls_target(server)));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "tls.handshake");
  EXPECT_TRUE(error->transient());
}

TEST_F(TlsStream, ReportsAHandshakeThatStalls) {
  for (auto behaviour : {test::stall(), test::stall_in_handshake()}) {
    TestServer server(behaviour);
    Target target = tls_target(server);
    target.connect_limit = 50ms;
    auto error = failure_of(open_and_close(*connector_, target));
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code(), "net.timed_out");
    EXPECT_EQ(error->kind(), ErrorKind::timed_out);
    EXPECT_TRUE(error->message().contains("localhost:" + std::to_string(server.port())))
        << error->message();
    EXPECT_FALSE(error->hint().empty());
  }
}

Task<void> read_to_end(Connector& connector, const Target& target, std::string& first,
                       std::size_t& second) {
  auto stream = co_await connector.open(target);
  first = co_await read_once(*stream);
  std::string rest = co_await read_once(*stream);
  second = rest.size();
}

TEST_F(TlsStream, TellsACutFromAGoodbye) {
  std::string first;
  std::size_t second = 99;
  TestServer polite(test::tls_hello_then_goodbye(), ca_.issue({}));
  run(read_to_end(*connector_, tls_target(polite), first, second));
  EXPECT_EQ(first, "hello");
  EXPECT_EQ(second, 0u);

  first.clear();
  TestServer cut(test::tls_hello_then_cut(), ca_.issue({}));
  auto error = failure_of(read_to_end(*connector_, tls_target(cut), first, second));
  EXPECT_EQ(first, "hello");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "net.closed");
  EXPECT_EQ(error->kind(), ErrorKind::network);
}

Task<void> echo_much(Connector& connector, const Target& target, std::size_t size) {
  auto stream = co_await connector.open(target);
  std::string sent(size, 'x');
  for (std::size_t i = 0; i < size; i += 997) sent[i] = static_cast<char>('a' + i % 26);
  std::string got;
  auto write_all = [](TaskGroup& group, Stream& to, const std::string& bytes,
                      std::string& back) -> Task<void> {
    co_await group.spawn(to.write(bytes));
    std::array<char, 16384> buffer;
    while (back.size() < bytes.size()) {
      std::size_t n = co_await to.read_some(buffer);
      back.append(buffer.data(), n);
    }
  };
  co_await run_group(+write_all, *stream, sent, got);
  EXPECT_EQ(got, sent);
}

TEST_F(TlsStream, ReadsAndWritesAtTheSameTime) {
  TestServer server(test::tls_echo(), ca_.issue({}));
  run(echo_much(*connector_, tls_target(server), 4 << 20));
  TestServer plain(test::plain_echo());
  run(echo_much(*connector_, plain_target(plain), 4 << 20));
}

}  // namespace
}  // namespace postroom::net
