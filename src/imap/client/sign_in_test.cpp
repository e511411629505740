#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"
#include "net/task_group.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::imap {
namespace {

std::unique_ptr<auth::SaslMechanism> mechanism_for(Client& client) {
  auth::Credentials credentials{
      .username = "un", .authzid = {}, .password = base::Secret("s3cret")};
  auto offered = client.capabilities().sasl_mechanisms();
  return auth::choose_mechanism(offered, credentials, client.stream().is_private());
}

Task<void> sign_in_and_open(Client& client, Access access) {
  co_await client.read_greeting();
  co_await fetch_capabilities(client);
  auto mechanism = mechanism_for(client);
  auto signing = authenticate(client, std::move(mechanism), Pipelining::allowed);
  MailboxName inbox = MailboxName::from_utf8("Inbox");
  auto opening = select(client, inbox, access);
  co_await signing.result();
  SelectedFolder folder = co_await opening.result();
  EXPECT_EQ(folder.read_only, access == Access::read_only);
  EXPECT_NE(folder.uid_validity, 0u);
}

// The code of the error that the scenario ends in.
std::string code_of(std::string_view script, Scenario scenario, bool encrypted = true) {
  try {
    play_text(script, scenario, encrypted);
  } catch (const base::Error& error) {
    return error.code();
  }
  return "none";
}

TEST(SignIn, sends_plain_and_select_together) {
  play("sign_in_plain.txt", [](Client& client) -> Task<void> {
    co_await sign_in_and_open(client, Access::read_write);
    EXPECT_TRUE(client.can("MOVE"));
    EXPECT_EQ(client.selected()->exists, 172u);
    EXPECT_EQ(client.selected()->uid_next, 4392u);
    EXPECT_EQ(client.selected()->permanent_flags, "\\Seen \\Deleted \\*");
  });
}

TEST(SignIn, waits_where_it_must) {
  play("sign_in_without_ir.txt", [](Client& client) -> Task<void> {
    co_await sign_in_and_open(client, Access::read_only);
    EXPECT_FALSE(client.capabilities().known());
  });
}

TEST(SignIn, sends_no_credential_in_the_clear) {
  std::string code = code_of(
      "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready",
      [](Client& client) -> Task<void> {
        co_await client.read_greeting();
        base::Secret password("x");
        auto signing = login(client, "un", password);
        co_await signing.result();
      },
      false);
  EXPECT_EQ(code, "tls.required");
}

class BoundStream final : public net::Stream {
 public:
  explicit BoundStream(std::unique_ptr<net::Stream> inner) : inner_(std::move(inner)) {}
  Task<std::size_t> read_some(std::span<char> into) override { return inner_->read_some(into); }
  Task<void> write(std::string_view bytes) override { return inner_->write(bytes); }
  Task<void> start_tls() override { return inner_->start_tls(); }
  bool is_encrypted() const noexcept override { return true; }
  bool is_private() const noexcept override { return true; }
  net::TlsFacts tls_facts() const override { return inner_->tls_facts(); }
  std::string channel_binding() const override { return "tls-exporter bytes of this connection"; }
  void set_idle_limit(std::chrono::milliseconds limit) noexcept override {
    inner_->set_idle_limit(limit);
  }
  void close() noexcept override { inner_->close(); }

 private:
  std::unique_ptr<net::Stream> inner_;
};

TEST(SignIn, shows_no_password_where_only_unknown_mechanisms_are_left) {
  auto peer = std::make_shared<test::ScriptedPeer>(test::Script::parse(R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256-PLUS AUTH=GSSAPI] ready
    C~ A1 AUTHENTICATE SCRAM-SHA-256-PLUS *
    S: A1 BAD no such mechanism
  )"),
                                                   test::PeerOptions{.encrypted = true});
  Client client(std::make_unique<BoundStream>(peer->open()));
  std::string code;
  try {
    net::run(client.read_greeting());
    net::run(sign_in(client, {.username = "un", .authzid = {}, .password = base::Secret("pw")}));
  } catch (const base::Error& error) {
    code = error.code();
  }
  EXPECT_EQ(code, "auth.wrong_password");
  EXPECT_FALSE(peer->written().contains("LOGIN")) << peer->written();
}

TEST(SignIn, refused_sign_in_withdraws_what_waits_behind) {
  std::string code = code_of(
      R"(
    S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
    C: A1 AUTHENTICATE PLAIN
    S: +
    C: AHVuAHMzY3JldA==
    S: A1 NO [AUTHENTICATIONFAILED] Invalid credentials
  )",
      [](Client& client) -> Task<void> { co_await sign_in_and_open(client, Access::read_only); });
  EXPECT_EQ(code, "auth.wrong_password");
}

class BearerMechanism final : public auth::SaslMechanism {
 public:
  std::string_view name() const noexcept override { return "XOAUTH2"; }
  bool client_first() const noexcept override { return true; }
  bool single_step() const noexcept override { return false; }
  base::Secret step(std::string_view challenge) override {
    return base::Secret(challenge.empty() ? "token" : "");
  }
  bool is_done() const noexcept override { return true; }
};

TEST(SignIn, answers_a_bearer_challenge_with_an_empty_line) {
  std::string code = code_of(
      R"(
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready
    C: A1 AUTHENTICATE XOAUTH2 dG9rZW4=
    S: + eyJzdGF0dXMiOiI0MDEifQ==
    C- \r\n
    S: A1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)
  )",
      [](Client& client) -> Task<void> {
        co_await client.read_greeting();
        std::unique_ptr<auth::SaslMechanism> mechanism = std::make_unique<BearerMechanism>();
        auto signing = authenticate(client, std::move(mechanism), Pipelining::allowed);
        co_await signing.result();
      });
  EXPECT_EQ(code, "auth.wrong_password");
}

TEST(StartTls, forgets_what_was_said_before) {
  play("starttls.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    co_await start_tls(client);
    EXPECT_FALSE(client.capabilities().known());
    co_await fetch_capabilities(client);
    EXPECT_FALSE(client.can("LOGINDISABLED"));
    EXPECT_TRUE(client.stream().is_encrypted());
  });
}

Task<void> upgrade_only(Client& client) {
  co_await client.read_greeting();
  co_await start_tls(client);
}

TEST(StartTls, refuses_bytes_behind_the_consent) {
  EXPECT_EQ(code_of(R"(
    S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
    C: A1 STARTTLS
    S- A1 OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=LOGIN\r\n
  )",
                    upgrade_only, false),
            "tls.injected");
}

TEST(StartTls, refuses_preauth_and_missing_offers) {
  EXPECT_EQ(code_of("S: * PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hi", upgrade_only, false),
            "tls.preauth");
  EXPECT_EQ(code_of("S: * OK [CAPABILITY IMAP4rev1] hi", upgrade_only, false), "tls.not_offered");
}

TEST(Greeting, names_what_answered) {
  Scenario greet = [](Client& client) -> Task<void> { co_await client.read_greeting(); };
  EXPECT_EQ(code_of("S: 220 mail.example.com ESMTP", greet), "imap.garbage");
  EXPECT_EQ(code_of("S: +OK POP3 ready", greet), "imap.garbage");
  EXPECT_EQ(code_of("S: HTTP/1.1 400 Bad Request", greet), "imap.garbage");
  EXPECT_EQ(code_of("S- \\x15\\x03\\x03\\x00\\x02\\x02\\x46", greet), "imap.garbage");
  EXPECT_EQ(code_of("S: * BYE Too many simultaneous connections", greet),
            "imap.too_many_connections");
  EXPECT_EQ(code_of("S: * BYE shutting down", greet), "imap.bye");
  EXPECT_EQ(code_of("CLOSE", greet), "imap.closed");
}

}  // namespace
}  // namespace postroom::imap
