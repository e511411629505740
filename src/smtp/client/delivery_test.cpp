// What a message needs of its server and of its connection: chunks, reports, time.
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "smtp/client/client.hpp"
#include "smtp/client/story_fixture.hpp"
#include "smtp/limits.hpp"
#include "tests/support/mail_sink.hpp"

namespace postroom::smtp {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;
using test::Script;
using test::ScriptedPeer;

const std::string chunky =
    "S: 220 mail.example.com ESMTP Postfix\nC: EHLO [127.0.0.1]\nS: 250-mx\nS: 250-PIPELINING\n"
    "S: 250 CHUNKING\n";
const std::string one_envelope = "C: MAIL FROM:<me@example.com>\nC: RCPT TO:<you@example.org>\n";
const std::string both_ok = "S: 250 ok\nS: 250 ok\n";

std::shared_ptr<ScriptedPeer> peer_with(const std::string& script) {
  return std::make_shared<ScriptedPeer>(Script::parse(script));
}

MailTransaction mail_with(base::ByteSource& body) {
  return {.from = "me@example.com", .recipients = {"you@example.org"}, .body = &body};
}

// Moves by `step` each time it is looked at.
class SlowClock final : public base::Clock {
 public:
  explicit SlowClock(std::chrono::milliseconds step) : step_(step) {}
  base::Instant now() const override { return now_ += step_; }

 private:
  std::chrono::milliseconds step_;
  mutable base::Instant now_{std::chrono::hours(500'000)};
};

Task<SendOutcome> send_after_opening(ScriptedPeer& peer, MailTransaction mail,
                                     ClientOptions options) {
  Client client(peer.open(), options);
  co_await client.open();
  SendOutcome outcome = co_await client.send(std::move(mail));
  co_return outcome;
}

SendOutcome send_one_with(ScriptedPeer& peer, MailTransaction mail, ClientOptions options = {}) {
  return net::run(send_after_opening(peer, std::move(mail), options));
}

TEST(Chunks, CarryTheBytesAsTheyAreButForLineEnds) {
  base::StringSource body("a: b\n\n.\nx\r.\r\nMAIL FROM:<x@y>");
  auto peer =
      peer_with(chunky + one_envelope +
                "C: BDAT 34 LAST\nC: a: b\nC- \\r\\n\nC: .\nC: x\nC: .\nC: MAIL FROM:<x@y>\n" +
                both_ok + "S: 250 2.0.0 taken\n");
  SendOutcome outcome = send_one_with(*peer, mail_with(body));
  EXPECT_EQ(outcome.phase, Phase::accepted);
  EXPECT_EQ(peer->remaining(), "");
}

TEST(Chunks, AreNotUsedOnAConnectionThatWasSilentForLong) {
  base::StringSource body("x");
  SlowClock clock(limits.fresh + 1ms);
  ClientOptions options;
  options.clock = &clock;
  auto peer = peer_with(chunky + one_envelope + "C: DATA\n" + both_ok +
                        "S: 354 go\nC: x\nC: .\nS: 250 taken\n");
  EXPECT_EQ(send_one_with(*peer, mail_with(body), options).phase, Phase::accepted);
}

TEST(Chunks, AreNotUsedForBigMessagesNorInTheClearNorWhenSwitchedOff) {
  const std::string by_data = chunky + one_envelope + "C: DATA\n" + both_ok + "S: 354 go\n";
  std::string text;
  while (text.size() <= limits.chunk_bytes) text += "0123456789\r\n";
  base::StringSource big(text);
  auto peer = peer_with(by_data + "C* " + std::to_string(text.size() / 12) +
                        " 0123456789\\r\\n\nC: .\nS: 250 taken\n");
  EXPECT_EQ(send_one_with(*peer, mail_with(big)).phase, Phase::accepted);

  base::StringSource small("x");
  const std::string rest = "C: x\nC: .\nS: 250 taken\n";
  ClientOptions never;
  never.chunks = Chunks::never;
  EXPECT_EQ(send_one_with(*peer_with(by_data + rest), mail_with(small), never).phase,
            Phase::accepted);
  ClientOptions in_the_clear;
  in_the_clear.tls = net::TlsMode::none;
  auto open_wire = std::make_shared<ScriptedPeer>(Script::parse(by_data + rest),
                                                  test::PeerOptions{.encrypted = false});
  EXPECT_EQ(send_one_with(*open_wire, mail_with(small), in_the_clear).phase, Phase::accepted);
}

TEST(Chunks, ALostAnswerLeavesTheMessageUncertainAsTheFinalDotDoes) {
  base::StringSource body("x");
  for (const char* heard : {"", "S: 250 ok\n", "S: 250 ok\nS: 250 ok\n"}) {
    auto peer = peer_with(chunky + one_envelope + "C: BDAT 3 LAST\nC: x\n" + heard + "CUT\n");
    SendOutcome outcome = send_one_with(*peer, mail_with(body));
    EXPECT_EQ(outcome.phase, Phase::data_sent) << heard;
    EXPECT_EQ(outcome.error->code(), "smtp.uncertain");
    EXPECT_FALSE(outcome.error->transient());
  }
  // Refused already: the cut changes nothing about that.
  auto peer = peer_with(chunky + one_envelope +
                        "C: BDAT 3 LAST\nC: x\nS: 250 ok\nS: 550 5.1.1 no such user\nCUT\n");
  SendOutcome outcome = send_one_with(*peer, mail_with(body));
  EXPECT_EQ(outcome.phase, Phase::refused);
  EXPECT_EQ(outcome.error->code(), "smtp.unknown_recipient");
}

TEST(Reports, AreAskedForWhereOfferedAndElseSaidToBeMissing) {
  base::StringSource body("x");
  MailTransaction mail = mail_with(body);
  mail.envelope_id = "a b";
  mail.notify = {Notify::never};
  const std::string hello = "S: 220 mx\nC: EHLO [127.0.0.1]\nS: 250-mx\nS: 250-PIPELINING\n";
  const std::string rest = both_ok + "S: 354 go\nC: x\nC: .\nS: 250 taken\n";
  auto with = peer_with(hello +
                        "S: 250 DSN\nC: MAIL FROM:<me@example.com> ENVID=a+20b\n"
                        "C: RCPT TO:<you@example.org> NOTIFY=NEVER ORCPT=rfc822;you@example.org\n"
                        "C: DATA\n" +
                        rest);
  EXPECT_FALSE(send_one_with(*with, mail).reports_unsupported);
  auto without = peer_with(hello +
                           "S: 250 SIZE\nC: MAIL FROM:<me@example.com> SIZE=3\n"
                           "C: RCPT TO:<you@example.org>\nC: DATA\n" +
                           rest);
  SendOutcome outcome = send_one_with(*without, mail);
  EXPECT_TRUE(outcome.reports_unsupported);
  EXPECT_EQ(outcome.phase, Phase::accepted);

  mail.envelope_id = std::string(101, 'x');
  EXPECT_EQ(send_one_with(*peer_with(hello + "S: 250 DSN\n"), mail).error->code(),
            "smtp.bad_envelope_id");
}

TEST(Content, WhatMailCannotCarryIsRefusedBeforeAnythingIsWritten) {
  struct Row {
    std::string text;
    const char* code;
  };
  for (const Row& row :
       {Row{std::string("a: b\n\nx\0y", 9), "smtp.nul_in_message"},
        Row{std::string(999, 'x'), "smtp.line_too_long"},
        Row{"Subject: \xFC\n\nx", "smtp.bad_header"}, Row{"Subject: \xC3\xBC\n\nx", "smtp.no_8bit"},
        Row{"a: b\n\n\xC3\xBC", "smtp.no_8bit"},
        Row{"DKIM-Signature: v=1\r\n\r\na\nb", "smtp.signed_line_ends"}}) {
    base::StringSource body(row.text);
    auto peer = peer_with(chunky);
    SendOutcome outcome = send_one_with(*peer, mail_with(body));
    ASSERT_TRUE(outcome.error) << row.code;
    EXPECT_EQ(outcome.error->code(), row.code);
    EXPECT_EQ(outcome.phase, Phase::before_data);
    EXPECT_FALSE(peer->written().contains("MAIL"));
  }
  base::StringSource raw_header("Subject: \xC3\xBC\n\nx");
  SendOutcome outcome =
      send_one_with(*peer_with("S: 220 mx\nC: EHLO [127.0.0.1]\nS: 250-mx\nS: 250 8BITMIME\n"),
                    mail_with(raw_header));
  EXPECT_EQ(outcome.error->code(), "smtp.no_utf8");
  EXPECT_TRUE(outcome.error->message().contains("Subject")) << outcome.error->message();
}

TEST(Content, AnAddressThatTheServerCannotTakeIsNamedAndTheOthersGo) {
  base::StringSource body("x");
  MailTransaction mail = mail_with(body);
  mail.recipients = {"J\xC3\xBCrgen@example.org", "you@example.org"};
  auto peer =
      peer_with(chunky + one_envelope + "C: BDAT 3 LAST\nC: x\n" + both_ok + "S: 250 taken\n");
  SendOutcome outcome = send_one_with(*peer, mail);
  EXPECT_EQ(outcome.phase, Phase::accepted);
  ASSERT_TRUE(outcome.recipients[0].error);
  EXPECT_EQ(outcome.recipients[0].error->code(), "smtp.no_utf8");
  EXPECT_TRUE(outcome.recipients[0].error->message().contains("J\xC3\xBCrgen@example.org"));
  EXPECT_FALSE(outcome.recipients[1].error);
}

TEST(Time, AReplyThatDripsInIsBounded) {
  SlowClock clock(1s);
  ClientOptions options;
  options.clock = &clock;
  auto peer = std::make_shared<ScriptedPeer>(
      Script::parse("S: 220 " + std::string(300, 'x') + "\n"), test::PeerOptions{.chunk = 1});
  base::StringSource body("x");
  auto error = error_of([](ScriptedPeer& p, base::ByteSource& b, ClientOptions o) -> Task<void> {
    MailTransaction mail = mail_with(b);
    co_await send_after_opening(p, std::move(mail), o);
  }(*peer, body, options));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "smtp.too_slow");
  EXPECT_EQ(error->kind(), ErrorKind::timed_out);
  EXPECT_TRUE(peer->is_closed());
}

Task<std::unique_ptr<Client>> client_of(net::Connector& connector, std::uint16_t port,
                                        ClientOptions options) {
  net::Target target;
  target.host = "127.0.0.1";
  target.port = port;
  target.tls = net::TlsMode::none;
  std::unique_ptr<net::Stream> stream = co_await connector.open(target);
  options.tls = target.tls;
  auto client = std::make_unique<Client>(std::move(stream), options);
  co_await client->open();
  co_return client;
}

Task<void> send_until_told_thrice(test::MailSink& sink,
                                  std::vector<std::chrono::milliseconds>& told,
                                  SendOutcome& outcome) {
  auto connector = net::make_connector();
  ClientOptions options;
  options.verdict_notice = 1ms;
  std::unique_ptr<Client> client = co_await client_of(*connector, sink.port(), options);
  base::StringSource body("x");
  MailTransaction mail = mail_with(body);
  mail.on_waiting = [&](std::chrono::milliseconds waited) {
    told.push_back(waited);
    if (told.size() == 3) sink.release();
  };
  outcome = co_await client->send(std::move(mail));
  co_await client->quit();
}

TEST(Time, SomebodyIsToldThatTheVerdictIsStillWaitedFor) {
  test::MailSink sink;
  sink.hold(".");
  std::vector<std::chrono::milliseconds> told;
  SendOutcome outcome;
  net::run(send_until_told_thrice(sink, told, outcome));
  EXPECT_EQ(outcome.phase, Phase::accepted);
  ASSERT_GE(told.size(), 3U);
  EXPECT_EQ(told[0], 1ms);
  EXPECT_EQ(told[1], 2ms);
  EXPECT_EQ(told[2], 4ms);
}

Task<void> send_into(Client* client, MailTransaction* mail, SendOutcome* outcome) {
  *outcome = co_await client->send(*mail);
}

Task<void> cancel_when_told(net::TaskGroup& group, Client* client, MailTransaction* mail,
                            SendOutcome* outcome) {
  mail->on_waiting = [&group](std::chrono::milliseconds) { group.cancel(); };
  Task<void> sending = send_into(client, mail, outcome);
  Task<void> started = group.spawn(std::move(sending));
  co_await std::move(started);
}

Task<void> send_and_give_up(std::uint16_t port, SendOutcome& outcome) {
  auto connector = net::make_connector();
  ClientOptions options;
  options.verdict_notice = 1ms;
  std::unique_ptr<Client> client = co_await client_of(*connector, port, options);
  base::StringSource body("x");
  MailTransaction mail = mail_with(body);
  Task<void> cancelled = net::run_group(&cancel_when_told, client.get(), &mail, &outcome);
  co_await std::move(cancelled);
}

TEST(Time, WhoCancelsTheWaitForTheVerdictIsLeftWithAnUncertainMessage) {
  test::MailSink sink;
  sink.hold(".");
  SendOutcome outcome;
  net::run(send_and_give_up(sink.port(), outcome));
  EXPECT_EQ(outcome.phase, Phase::data_sent);
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code(), "smtp.uncertain");
  EXPECT_EQ(outcome.error->kind(), ErrorKind::cancelled);
  EXPECT_FALSE(outcome.error->transient());
}

}  // namespace
}  // namespace postroom::smtp
