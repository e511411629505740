#include "smtp/client/client.hpp"

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "net/task_group.hpp"
#include "smtp/client/story_fixture.hpp"
#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

using base::Error;
using base::ErrorKind;
using test::Script;
using test::ScriptedPeer;

const std::string hello = "S: 220 ready\nC: EHLO [127.0.0.1]\nS: 250-mx\n";
const std::string envelope_one =
    "C: MAIL FROM:<me@example.com>\nC: RCPT TO:<you@example.org>\nC: DATA\n";
const std::string envelope_ok = "S: 250 ok\nS: 250 ok\nS: 354 go\n";

std::shared_ptr<ScriptedPeer> peer_of(const std::string& script, test::PeerOptions options = {}) {
  return std::make_shared<ScriptedPeer>(Script::parse(script), options);
}

// Sends raw bytes as its only response, and is done only if told so.
class FixedMechanism final : public auth::SaslMechanism {
 public:
  FixedMechanism(std::string response, bool ends_done)
      : response_(std::move(response)), ends_done_(ends_done) {}
  std::string_view name() const noexcept override { return "FIXED"; }
  bool client_first() const noexcept override { return true; }
  bool single_step() const noexcept override { return true; }
  base::Secret step(std::string_view) override {
    done_ = ends_done_;
    base::Secret now(response_);
    response_.clear();
    return now;
  }
  bool is_done() const noexcept override { return done_; }

 private:
  std::string response_;
  bool ends_done_;
  bool done_ = false;
};

Task<void> open_only(ScriptedPeer& peer, net::TlsMode tls) {
  ClientOptions options;
  options.tls = tls;
  Client client(peer.open(), options);
  co_await client.open();
}

Task<void> sign_in_as_user(ScriptedPeer& peer, net::TlsMode tls) {
  ClientOptions options;
  options.tls = tls;
  Client client(peer.open(), options);
  co_await client.open();
  auth::Credentials credentials{"user", "", base::Secret("secret")};
  co_await client.sign_in(credentials);
}

Task<void> sign_in_with(ScriptedPeer& peer, std::unique_ptr<auth::SaslMechanism> mechanism) {
  Client client(peer.open(), {});
  co_await client.open();
  co_await client.sign_in(std::move(mechanism));
}

Task<SendOutcome> send_one(ScriptedPeer& peer, MailTransaction mail) {
  Client client(peer.open(), {});
  co_await client.open();
  SendOutcome outcome = co_await client.send(std::move(mail));
  co_return outcome;
}

std::string code(const std::optional<Error>& error) { return error ? error->code() : "none"; }

MailTransaction mail_of(base::ByteSource& body) {
  return {.from = "me@example.com", .recipients = {"you@example.org"}, .body = &body};
}

TEST(StartTls, RefusesWhatWasInjectedBehindTheReply) {
  for (const char* injected : {"S- 220 go\\r\\n250 evil\\r\\n", "S- 220 go\\r\\n2"}) {
    auto peer = peer_of(hello + "S: 250 STARTTLS\nC: STARTTLS\n" + injected + "\nTLS\n");
    auto error = error_of(open_only(*peer, net::TlsMode::starttls));
    EXPECT_EQ(code(error), "tls.injected");
    EXPECT_EQ(error->kind(), ErrorKind::tls);
    EXPECT_EQ(peer->remaining().contains("TLS"), true) << "no handshake after an injection";
    EXPECT_TRUE(peer->is_closed());
  }
}

TEST(StartTls, IsNotSkippedWhenItIsNotOffered) {
  auto peer = peer_of(hello + "S: 250 AUTH PLAIN\n", {.encrypted = false});
  EXPECT_EQ(code(error_of(sign_in_as_user(*peer, net::TlsMode::starttls))), "smtp.no_starttls");
  EXPECT_FALSE(peer->written().contains("AUTH"));
}

TEST(SignIn, NeverOnAnOpenWire) {
  auto peer = peer_of(hello + "S: 250 AUTH PLAIN SCRAM-SHA-256\n", {.encrypted = false});
  auto error = error_of(sign_in_as_user(*peer, net::TlsMode::none));
  EXPECT_EQ(code(error), "auth.plaintext_refused");
  EXPECT_FALSE(peer->written().contains("AUTH"));
}

TEST(SignIn, SaysWhatIsMissing) {
  auto none = peer_of(hello + "S: 250 SIZE\n");
  EXPECT_EQ(code(error_of(sign_in_as_user(*none, net::TlsMode::implicit))), "smtp.no_auth");
  auto bearer = peer_of(hello + "S: 250 AUTH XOAUTH2\n");
  EXPECT_EQ(code(error_of(sign_in_as_user(*bearer, net::TlsMode::implicit))), "auth.no_mechanism");
}

TEST(SignIn, AResponseBeyondTheLineLimitGoesInTwoSteps) {
  std::string token(1000, 't');
  auto peer = peer_of(hello + "S: 250 AUTH FIXED\nC: AUTH FIXED\nS: 334 whatever\nC: " +
                      base::to_base64(token) + "\nS: 235 ok\n");
  EXPECT_EQ(code(error_of(sign_in_with(*peer, std::make_unique<FixedMechanism>(token, true)))),
            "none");
  EXPECT_EQ(peer->remaining(), "");
}

TEST(SignIn, ASuccessBeforeTheMechanismIsDoneIsRefused) {
  auto peer = peer_of(hello + "S: 250 AUTH FIXED\nC: AUTH FIXED eA==\nS: 235 welcome\n");
  EXPECT_EQ(code(error_of(sign_in_with(*peer, std::make_unique<FixedMechanism>("x", false)))),
            "auth.server_not_verified");
  EXPECT_TRUE(peer->is_closed());
}

TEST(SignIn, AHangUpAfterABearerExplanationIsARefusalNotANetworkFault) {
  auto peer = peer_of(
      hello +
      "S: 250 AUTH FIXED\nC: AUTH FIXED eA==\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC- \\r\\n\nCUT\n");
  EXPECT_EQ(code(error_of(sign_in_with(*peer, std::make_unique<FixedMechanism>("x", true)))),
            "auth.token_refused");
}

TEST(SignIn, HostileChallengesEnd) {
  auto garbage = peer_of(hello + "S: 250 AUTH FIXED\nC: AUTH FIXED eA==\nS: 334 !!!\n");
  EXPECT_EQ(code(error_of(sign_in_with(*garbage, std::make_unique<FixedMechanism>("x", false)))),
            "auth.bad_challenge");
  std::string endless = hello + "S: 250 AUTH FIXED\nC: AUTH FIXED eA==\n";
  for (int i = 0; i < limits.auth_rounds; ++i) endless += "S: 334 \nC- \\r\\n\n";
  auto peer = peer_of(endless);
  EXPECT_EQ(code(error_of(sign_in_with(*peer, std::make_unique<FixedMechanism>("x", false)))),
            "smtp.endless_sign_in");
  auto refused =
      peer_of(hello + "S: 250 AUTH PLAIN\nC: AUTH PLAIN AHVzZXIAc2VjcmV0\nS: 535 5.7.8 no\n");
  EXPECT_EQ(code(error_of(sign_in_as_user(*refused, net::TlsMode::implicit))),
            "auth.wrong_password");
}

TEST(Send, RefusesEarlyWhatTheServerWouldNotTake) {
  std::string lines;
  for (int i = 0; i < 40; ++i) lines += std::string(48, 'x') + "\r\n";
  base::StringSource body(lines);
  std::string opening = hello + "S: 250 SIZE 1000\n";
  auto peer = peer_of(opening);
  SendOutcome big = net::run(send_one(*peer, mail_of(body)));
  EXPECT_EQ(code(big.error), "smtp.too_big");
  EXPECT_TRUE(big.error->session_usable());

  base::StringSource small("x");
  MailTransaction utf8 = mail_of(small);
  utf8.recipients = {"J\xC3\xBCrgen@example.com"};
  EXPECT_EQ(code(net::run(send_one(*(peer = peer_of(opening)), utf8)).error), "smtp.no_utf8");

  MailTransaction injected = mail_of(small);
  injected.from = "me@example.com>\r\nRCPT TO:<x@y";
  EXPECT_EQ(code(net::run(send_one(*(peer = peer_of(opening)), injected)).error),
            "smtp.bad_address");
  injected = mail_of(small);
  injected.recipients = {"x@y\r\nDATA"};
  EXPECT_EQ(code(net::run(send_one(*(peer = peer_of(opening)), injected)).error),
            "smtp.bad_address");
  injected.recipients.clear();
  EXPECT_EQ(code(net::run(send_one(*(peer = peer_of(opening)), injected)).error),
            "smtp.no_recipients");
}

TEST(Send, OneMalformedRecipientDoesNotStopTheOthers) {
  auto peer = peer_of(hello + "S: 250 PIPELINING\n" + envelope_one + envelope_ok +
                      "C: x\nC: .\nS: 250 queued\n");
  base::StringSource body("x");
  MailTransaction mail = mail_of(body);
  mail.recipients = {"no address", "you@example.org"};
  SendOutcome outcome = net::run(send_one(*peer, mail));
  EXPECT_EQ(outcome.phase, Phase::accepted);
  EXPECT_EQ(code(outcome.recipients[0].error), "smtp.bad_address");
  EXPECT_EQ(code(outcome.recipients[1].error), "none");
}

TEST(Send, NamesSmtputf8OnlyWhereItIsNeeded) {
  auto peer = peer_of(hello +
                      "S: 250-PIPELINING\nS: 250 SMTPUTF8\nC: MAIL FROM:<> SMTPUTF8\n"
                      "C: RCPT TO:<J\xC3\xBC@example.com>\nC: DATA\n" +
                      envelope_ok + "C: x\nC: .\nS: 250 queued\n");
  base::StringSource body("x");
  MailTransaction mail{.from = "", .recipients = {"J\xC3\xBC@example.com"}, .body = &body};
  EXPECT_EQ(net::run(send_one(*peer, mail)).phase, Phase::accepted);
}

TEST(Send, ASmugglingBodyStaysOneMessage) {
  auto peer =
      peer_of(hello + "S: 250 PIPELINING\n" + envelope_one + envelope_ok +
              "C: a\nC: ..\nC: b\nC: ..\nC: c\nC: ..\nC: MAIL FROM:<x@y>\nC: .\nS: 250 queued\n");
  base::StringSource body("a\n.\nb\r.\rc\r\n.\nMAIL FROM:<x@y>");
  EXPECT_EQ(net::run(send_one(*peer, mail_of(body))).phase, Phase::accepted);
  EXPECT_EQ(peer->remaining(), "");
}

TEST(Send, StreamsALargeBodyInBoundedWrites) {
  auto peer =
      peer_of(hello + "S: 250 PIPELINING\n" + envelope_one + envelope_ok +
              "C* 20000 0123456789012345678901234567890123456789\\r\\n\nC: .\nS: 250 queued\n");
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "0123456789012345678901234567890123456789\n";
  base::StringSource body(text);
  EXPECT_EQ(net::run(send_one(*peer, mail_of(body))).phase, Phase::accepted);
  EXPECT_GT(peer->write_calls(), 8U);
  EXPECT_LT(peer->write_calls(), 20U);
}

TEST(Send, ManyRecipientsGoInGroupsThatCannotDeadlock) {
  std::string script = hello + "S: 250 PIPELINING\nC: MAIL FROM:<me@example.com>\n";
  MailTransaction mail{.from = "me@example.com"};
  std::string answers = "S: 250 ok\n";
  for (std::size_t i = 0; i < limits.recipients_per_write + 1; ++i) {
    if (i == limits.recipients_per_write) script += std::exchange(answers, "");
    mail.recipients.push_back("u" + std::to_string(i) + "@example.org");
    script += "C: RCPT TO:<" + mail.recipients.back() + ">\n";
    answers += "S: 250 ok\n";
  }
  script += "C: DATA\n" + answers + "S: 354 go\nC: x\nC: .\nS: 250 queued\n";
  auto peer = peer_of(script);
  base::StringSource body("x");
  mail.body = &body;
  EXPECT_EQ(net::run(send_one(*peer, mail)).phase, Phase::accepted);
  EXPECT_EQ(peer->remaining(), "");
}

TEST(Send, WithoutADurableNoteNothingIsHandedOver) {
  auto peer = peer_of(hello + "S: 250 PIPELINING\n" + envelope_one + envelope_ok);
  base::StringSource body("x");
  MailTransaction mail = mail_of(body);
  mail.on_phase = [](Phase) { throw Error(ErrorKind::storage, "state.disk_full", "no space"); };
  SendOutcome outcome = net::run(send_one(*peer, mail));
  EXPECT_EQ(outcome.phase, Phase::before_data);
  EXPECT_EQ(code(outcome.error), "state.disk_full");
  EXPECT_FALSE(peer->written().contains("\r\n.\r\n"));
  EXPECT_TRUE(peer->is_closed());
}

// Breaks when it is read for the `breaking`th time, at its fourth piece.
class BrokenSource final : public base::ByteSource {
 public:
  explicit BrokenSource(int breaking) : breaking_(breaking) {}
  std::size_t read(std::span<char> into) override {
    if (pass_ == breaking_ && reads_ == 3)
      throw Error(ErrorKind::storage, "state.read_failed", "bad sector");
    if (reads_++ == 10) return 0;
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = i % 64 == 63 ? '\n' : 'x';
    return into.size();
  }
  void rewind() override {
    ++pass_;
    reads_ = 0;
  }
  std::uint64_t size() const override { return 1'000'000; }

 private:
  int breaking_, pass_ = 0, reads_ = 0;
};

TEST(Send, ABodyThatBreaksOffIsNeverEndedWithADot) {
  auto peer = peer_of(hello + "S: 250 PIPELINING\n" + envelope_one + envelope_ok + "C* 1000000 " +
                      std::string(63, 'x') + "\\r\\n\n");
  BrokenSource body(2);
  SendOutcome outcome = net::run(send_one(*peer, mail_of(body)));
  EXPECT_EQ(outcome.phase, Phase::before_data);
  EXPECT_EQ(code(outcome.error), "state.read_failed");
  EXPECT_TRUE(peer->written().ends_with("xxx\r\n"));
  EXPECT_TRUE(peer->is_closed());
}

TEST(Send, ABodyThatCannotBeReadAtAllCostsTheConnectionNothing) {
  auto peer = peer_of(hello + "S: 250 PIPELINING\n");
  BrokenSource body(1);
  SendOutcome outcome = net::run(send_one(*peer, mail_of(body)));
  EXPECT_EQ(code(outcome.error), "state.read_failed");
  EXPECT_TRUE(outcome.error->session_usable());
  EXPECT_FALSE(peer->written().contains("MAIL"));
}

TEST(Send, AServerOutOfStepIsLeft) {
  base::StringSource body("x");
  for (const char* replies :
       {"S: 354 go\nS: 250 ok\nS: 250 ok\n", "S: 250 ok\nS: 250 ok\nS: 250 ok\n",
        "S: 503 no\nS: 250 ok\nS: 354 go\n", "S: 503 no\nS: 550 no\nS: 354 go\n"}) {
    auto peer = peer_of(hello + "S: 250 PIPELINING\n" + envelope_one + replies);
    SendOutcome outcome = net::run(send_one(*peer, mail_of(body)));
    EXPECT_EQ(code(outcome.error), "smtp.unexpected_reply") << replies;
    EXPECT_EQ(outcome.phase, Phase::before_data);
    EXPECT_FALSE(peer->written().contains("\r\n.\r\n"));
  }
}

}  // namespace
}  // namespace postroom::smtp
