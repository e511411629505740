#include "stores/open_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "stores/open_transport.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::stores {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class PlainSecrets final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource& source, std::string_view) const override {
    return std::get<vault::InsecureString>(source.from).text;
  }
};

vault::SecretSource plain(std::string_view text) {
  return {vault::InsecureString{base::Secret(text)}, "test"};
}

class Opening : public testing::Test {
 protected:
  Opening() {
    account_.endpoint = {"imap.example.com", 993, account::Tls::implicit};
    account_.auth.username = plain("user");
    account_.auth.password = plain("secret");
    account_.smtp = account::Smtp{{"smtp.example.com", 465, account::Tls::implicit}, {}};
  }
  ConnectContext context() { return {secrets_, base::system_clock(), connector_}; }
  void open() {
    auto store = net::run(open_store(account_, context()));
    net::run(store->close());
  }
  base::Error error_of_opening() {
    try {
      open();
    } catch (const base::Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error";
    return base::Error(base::ErrorKind::internal, "test.none", "none");
  }

  PlainSecrets secrets_;
  test::ScriptedConnector connector_;
  account::Account account_;
};

TEST_F(Opening, SignsInWithInitialResponse) {
  auto peer = connector_.add(R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: A1 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0
    S: A1 OK [CAPABILITY IMAP4rev1 UIDPLUS] in
    C: A2 LOGOUT
    S: * BYE bye
    S: A2 OK out
  )");
  open();
  EXPECT_EQ(peer->remaining(), "");
  ASSERT_EQ(connector_.opened().size(), 1u);
  EXPECT_EQ(connector_.opened()[0].host, "imap.example.com");
  EXPECT_EQ(connector_.opened()[0].tls, net::TlsMode::implicit);
}

TEST_F(Opening, AnothersMailboxIsTheAuthorizationIdentity) {
  account_.mailbox = "shared";
  auto peer = connector_.add(R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: A1 AUTHENTICATE PLAIN c2hhcmVkAHVzZXIAc2VjcmV0
    S: A1 OK [CAPABILITY IMAP4rev1] in
    C: A2 LOGOUT
    S: * BYE bye
    S: A2 OK out
  )");
  open();
  EXPECT_EQ(peer->remaining(), "");
}

TEST_F(Opening, AWrongPasswordNamesThePlace) {
  connector_.add(R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: A1 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0
    S: A1 NO [AUTHENTICATIONFAILED] no
  )");
  const base::Error error = error_of_opening();
  EXPECT_EQ(error.kind(), base::ErrorKind::auth);
  EXPECT_THAT(error.message(), StartsWith("connecting to imap.example.com:993"));
}

TEST_F(Opening, OtherProtocolsAreNamed) {
  const std::pair<const char*, const char*> greetings[] = {
      {"S: 220 mail.example.com ESMTP\nCLOSE", "SMTP"},
      {"S: +OK ready\nCLOSE", "POP3"},
      {"S: HTTP/1.1 400 Bad Request\nCLOSE", "HTTP"},
  };
  for (const auto& [script, name] : greetings) {
    connector_.add(script);
    const base::Error error = error_of_opening();
    EXPECT_EQ(error.kind(), base::ErrorKind::protocol) << name;
    EXPECT_THAT(error.hint(), HasSubstr(std::string("speaks ") + name)) << error.hint();
  }
}

TEST_F(Opening, OtherProtocolsAreNamedForSendingToo) {
  for (const auto& [script, name] :
       {std::pair("S: * OK [CAPABILITY IMAP4rev1] ready\nCLOSE", "IMAP"),
        std::pair("S: HTTP/1.1 400 Bad Request\nCLOSE", "HTTP")}) {
    connector_.add(script);
    base::StringSource body("Subject: x\r\n\r\n");
    auto transport = open_transport(account_, context());
    std::vector<mailbox::Outgoing> group{{"me@example.com", {"you@example.org"}, &body}};
    try {
      net::run(transport->send(group));
      ADD_FAILURE() << "no error";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::protocol) << name;
      EXPECT_THAT(error.hint(), HasSubstr(std::string("speaks ") + name)) << error.hint();
    }
  }
}

TEST_F(Opening, PlaintextNeedsASecondSwitch) {
  account_.endpoint = {"mail.example.com", 143, account::Tls::none};
  EXPECT_EQ(error_of_opening().code(), "tls.plaintext_refused");
  EXPECT_TRUE(connector_.opened().empty());

  account_.allow_plaintext = true;
  test::PeerOptions options;
  options.encrypted = false;
  auto peer = connector_.add(test::Script::parse(R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: A1 AUTHENTICATE PLAIN AHVzZXIAc2VjcmV0
    S: A1 OK [CAPABILITY IMAP4rev1] in
    C: A2 LOGOUT
    S: * BYE bye
    S: A2 OK out
  )"),
                             options);
  open();
  EXPECT_EQ(peer->remaining(), "");
}

TEST_F(Opening, StartTlsThatIsNotOfferedSendsNoPassword) {
  account_.endpoint = {"mail.example.com", 143, account::Tls::starttls};
  test::PeerOptions options;
  options.encrypted = false;
  auto peer = connector_.add(
      test::Script::parse("S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\nCLOSE"),
      options);
  EXPECT_EQ(error_of_opening().kind(), base::ErrorKind::tls);
  EXPECT_EQ(peer->written().find("AHVz"), std::string::npos);
}

TEST_F(Opening, ConnectorsErrorsKeepCodeAndHint) {
  connector_.add_error(
      base::Error(base::ErrorKind::tls, "tls.not_tls", "no TLS here", "use starttls"));
  const base::Error error = error_of_opening();
  EXPECT_EQ(error.code(), "tls.not_tls");
  EXPECT_EQ(error.hint(), "use starttls");
}

TEST_F(Opening, MissingFieldsAreNamed) {
  account_.auth.password.reset();
  const base::Error error = error_of_opening();
  EXPECT_EQ(error.code(), "auth.missing_field");
  EXPECT_THAT(error.message(), HasSubstr("auth.password"));
  account_.kind = account::Kind::maildir;
  account_.path = "/nonexistent-for-sure";
  EXPECT_EQ(error_of_opening().code(), "maildir.not_found");
}

class Sending : public Opening {
 protected:
  static constexpr const char* hello = R"(
    S: 220 ready
    C: EHLO [127.0.0.1]
    S: 250-mail.example.com
    S: 250-PIPELINING
    S: 250 AUTH PLAIN
    C: AUTH PLAIN AHVzZXIAc2VjcmV0
    S: 235 2.7.0 ok
  )";
  static constexpr const char* mail = R"(
    C: MAIL FROM:<me@example.com>
    C: RCPT TO:<you@example.org>
    C: DATA
    S: 250 2.1.0 ok
    S: 250 2.1.5 ok
    S: 354 go
    C: Date: d
    C: Message-ID: <1@x>
    C: Subject: x
    C- \r\n
    C: .
    S: 250 2.0.0 queued as A1
  )";
  mailbox::Outgoing outgoing() {
    body_.rewind();
    return {"me@example.com", {"you@example.org"}, &body_};
  }
  std::vector<mailbox::SendOutcome> send(mailbox::Transport& transport, int count = 1) {
    std::vector<mailbox::Outgoing> group(static_cast<std::size_t>(count), outgoing());
    return net::run(transport.send(group));
  }
  base::StringSource body_{"Date: d\r\nMessage-ID: <1@x>\r\nSubject: x\r\n\r\n"};
};

TEST_F(Sending, ConnectsAtTheFirstMessageAndKeepsTheConnection) {
  auto transport = open_transport(account_, context());
  EXPECT_TRUE(connector_.opened().empty());
  auto peer = connector_.add(std::string(hello) + mail + mail + "C: QUIT\nS: 221 bye");
  for (int i = 0; i < 2; ++i) {
    const auto outcomes = send(*transport);
    ASSERT_EQ(outcomes.size(), 1u);
    EXPECT_EQ(outcomes[0].phase, mailbox::SendPhase::accepted);
    EXPECT_FALSE(outcomes[0].error);
    EXPECT_THAT(outcomes[0].server_id, HasSubstr("A1"));
  }
  net::run(transport->close());
  EXPECT_EQ(connector_.opened().size(), 1u);
  EXPECT_EQ(peer->remaining(), "");
}

TEST_F(Sending, AConnectionThatTheServerClosedIsMadeAgain) {
  auto transport = open_transport(account_, context());
  connector_.add(std::string(hello) + mail + "CUT");
  EXPECT_EQ(send(*transport)[0].phase, mailbox::SendPhase::accepted);
  connector_.add(std::string(hello) + mail);
  EXPECT_EQ(send(*transport)[0].phase, mailbox::SendPhase::accepted);
  EXPECT_EQ(connector_.opened().size(), 2u);
}

TEST_F(Sending, AnUncertainMessageIsNeverSentAgain) {
  auto transport = open_transport(account_, context());
  connector_.add(std::string(hello) + R"(
    C: MAIL FROM:<me@example.com>
    C: RCPT TO:<you@example.org>
    C: DATA
    S: 250 2.1.0 ok
    S: 250 2.1.5 ok
    S: 354 go
    C: Date: d
    C: Message-ID: <1@x>
    C: Subject: x
    C- \r\n
    C: .
    CUT
  )");
  const auto outcomes = send(*transport);
  EXPECT_EQ(outcomes[0].phase, mailbox::SendPhase::body_sent);
  EXPECT_TRUE(outcomes[0].error);
  EXPECT_EQ(connector_.opened().size(), 1u);
}

TEST_F(Sending, AServerThatAsksToWaitIsNotCalledAgain) {
  auto transport = open_transport(account_, context());
  connector_.add(std::string(hello) + mail + R"(
    C: MAIL FROM:<me@example.com>
    C: RCPT TO:<you@example.org>
    C: DATA
    S: 421 4.7.0 Try again later, closing connection.
    CLOSE
  )");
  EXPECT_EQ(send(*transport)[0].phase, mailbox::SendPhase::accepted);
  const auto outcomes = send(*transport);
  EXPECT_EQ(outcomes[0].phase, mailbox::SendPhase::not_sent);
  EXPECT_EQ(outcomes[0].error->kind(), base::ErrorKind::throttled);
  EXPECT_EQ(connector_.opened().size(), 1u);
}

TEST_F(Sending, AServerThatTurnsDownItsOwnChunkingGetsTheMailByDataAndIsRemembered) {
  auto transport = open_transport(account_, context());
  const std::string chunky = R"(
    S: 220 mail.example.com ESMTP Postfix
    C: EHLO [127.0.0.1]
    S: 250-smtp
    S: 250-PIPELINING
    S: 250-CHUNKING
    S: 250 AUTH PLAIN
    C: AUTH PLAIN AHVzZXIAc2VjcmV0
    S: 235 ok
  )";
  connector_.add(chunky + R"(
    C: MAIL FROM:<me@example.com>
    C: RCPT TO:<you@example.org>
    C: BDAT 42 LAST
    C: Date: d
    C: Message-ID: <1@x>
    C: Subject: x
    C- \r\n
    S: 250 2.1.0 ok
    S: 250 2.1.5 ok
    S: 502 5.5.1 unknown command
  )");
  connector_.add(chunky + mail + mail);
  EXPECT_EQ(send(*transport)[0].phase, mailbox::SendPhase::accepted);
  EXPECT_EQ(send(*transport)[0].phase, mailbox::SendPhase::accepted);
  EXPECT_EQ(connector_.opened().size(), 2u);
}

TEST_F(Sending, AFileWithoutDateAndMessageIdGetsThemAndKeepsThemForAnotherTry) {
  auto transport = open_transport(account_, context());
  base::StringSource body("Subject: x\r\nBcc: hidden@example.com\r\n\r\n");
  std::vector<mailbox::Outgoing> group{{"me@example.com", {"you@example.org"}, &body}};
  group[0].message_id = "<given@example.com>";
  group[0].report = mailbox::DeliveryReport{};
  auto peer = connector_.add(std::string(hello) + R"(
    C: MAIL FROM:<me@example.com>
    C: RCPT TO:<you@example.org>
    C: DATA
    S: 250 ok
    S: 250 ok
    S: 354 go
    C~ Date: *
    C: Message-ID: <given@example.com>
    C: Subject: x
    C- \r\n
    C: .
    S: 250 taken
    C: QUIT
    S: 221 bye
  )");
  const auto outcomes = net::run(transport->send(group));
  net::run(transport->close());
  EXPECT_EQ(outcomes[0].phase, mailbox::SendPhase::accepted);
  EXPECT_TRUE(outcomes[0].reports_unsupported) << "this server offers no DSN";
  EXPECT_EQ(peer->remaining(), "");
  EXPECT_TRUE(group[0].date);

  group[0].message_id.clear();
  connector_.add("S: 554 no service\n");
  EXPECT_THROW(net::run(transport->send(group)), base::Error);
  EXPECT_TRUE(group[0].message_id.ends_with("@example.com>")) << group[0].message_id;
}

TEST_F(Sending, RefusedRecipientsAreNamed) {
  auto transport = open_transport(account_, context());
  connector_.add(std::string(hello) + R"(
    C: MAIL FROM:<me@example.com>
    C: RCPT TO:<you@example.org>
    C: DATA
    S: 250 2.1.0 ok
    S: 550 5.1.1 nobody
    S: 503 no recipients
    C~ *
    S: 250 ok
  )");
  const auto outcomes = send(*transport);
  EXPECT_EQ(outcomes[0].phase, mailbox::SendPhase::not_sent);
  ASSERT_EQ(outcomes[0].refused.size(), 1u);
  EXPECT_EQ(outcomes[0].refused[0].recipient, "you@example.org");
}

TEST_F(Sending, NoWayToSendIsSaidAtOnce) {
  account_.smtp.reset();
  try {
    open_transport(account_, context());
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "session.cannot_send");
  }
}

}  // namespace
}  // namespace postroom::stores
