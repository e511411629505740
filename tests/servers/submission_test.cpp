// Sending through real submission servers: a private Exim, and Dovecot's submission service with
// the sink behind it. What arrived is read from Exim's queue and its log.
//
// Postfix refuses to run without root and outside its own paths: it is not run here.
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "smtp/client/client.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

namespace {

using namespace postroom;
using base::Task;
using smtp::Phase;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Exim {
 public:
  Exim() {
    const auto started = test::run_process({.arguments = {script(), "start", folder_.path()}});
    if (started.exit_code != 0) throw std::runtime_error(started.errors);
    std::istringstream chosen(started.output);
    for (std::string line; std::getline(chosen, line);)
      settings_[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
    guard_ = std::make_unique<test::Process>(
        test::Command{.arguments = {script(), "guard", folder_.path()}, .input_stays_open = true});
  }
  ~Exim() {
    guard_->close_input();
    guard_->wait(std::chrono::seconds(20));
  }
  Exim(const Exim&) = delete;

  static Exim& shared() {
    static Exim exim;
    return exim;
  }

  net::Target target(net::TlsMode tls) const {
    net::Target target;
    target.host = "127.0.0.1";
    target.port = static_cast<std::uint16_t>(
        std::stoi(settings_.at(tls == net::TlsMode::implicit ? "SMTPS_PORT" : "SMTP_PORT")));
    target.tls = tls;
    target.policy.extra_ca = settings_.at("CA");
    return target;
  }

  // The queue id in "250 OK id=1xVcJw-0006Qv-06".
  static std::string id_of(const smtp::SendOutcome& outcome) {
    const auto at = outcome.server_text.find("id=");
    return at == std::string::npos ? "none" : outcome.server_text.substr(at + 3, 16);
  }
  // The body behind its first line, the id; line ends are LF in the queue.
  std::string body(const std::string& id) const {
    const std::string file = folder_.read("spool/input/" + id + "-D");
    return file.substr(file.find('\n') + 1);
  }
  // Envelope and header.
  std::string envelope(const std::string& id) const {
    return folder_.read("spool/input/" + id + "-H");
  }
  std::string log_line(const std::string& id) const {
    std::istringstream log(folder_.read("mainlog"));
    for (std::string line; std::getline(log, line);) {
      if (line.contains(id + " <= ")) return line;
    }
    return {};
  }

 private:
  static std::string script() {
    return std::string(POSTROOM_SOURCE_DIR) + "/tests/servers/exim.sh";
  }

  test::TempDir folder_;
  std::map<std::string, std::string> settings_;
  std::unique_ptr<test::Process> guard_;
};

struct Sent {
  std::vector<smtp::SendOutcome> outcomes;
  smtp::Capabilities before_sign_in;
};

struct How {
  smtp::Chunks chunks = smtp::Chunks::where_known;
  std::string password = "secret";
};

Task<Sent> send_to(net::Target target, std::vector<smtp::MailTransaction>& mails, How how) {
  auto connector = net::make_connector();
  std::unique_ptr<net::Stream> stream = co_await connector->open(target);
  smtp::ClientOptions options;
  options.tls = target.tls;
  options.chunks = how.chunks;
  smtp::Client client(std::move(stream), options);
  co_await client.open();
  Sent sent;
  sent.before_sign_in = client.capabilities();
  auth::Credentials credentials{"alice", "", base::Secret(how.password)};
  co_await client.sign_in(credentials);
  sent.outcomes = co_await client.send_batch(mails);
  co_await client.quit();
  co_return sent;
}

Sent send_all(const net::Target& target, std::vector<smtp::MailTransaction>& mails, How how = {}) {
  return net::run(send_to(target, mails, how));
}

const std::string dots = "Subject: dots\n\n.\n..\n.MAIL FROM:<x@y>\n\r.\r\nlast";
const std::string dots_kept = ".\n..\n.MAIL FROM:<x@y>\n\n.\nlast\n";

smtp::MailTransaction mail_to(std::string recipient, base::ByteSource& body) {
  return {.from = "alice@example.com", .recipients = {std::move(recipient)}, .body = &body};
}

TEST(EximTest, takes_plain_and_8bit_mail_by_chunks_and_by_data) {
  Exim& exim = Exim::shared();
  for (auto chunks : {smtp::Chunks::where_known, smtp::Chunks::never}) {
    for (auto tls : {net::TlsMode::starttls, net::TlsMode::implicit}) {
      base::StringSource plain(dots);
      base::StringSource eight("Subject: eight\r\n\r\nGr\xC3\xBC\xC3\x9F\r\n");
      std::vector<smtp::MailTransaction> mails{mail_to("bob@example.org", plain),
                                               mail_to("carol@example.org", eight)};
      const Sent sent = send_all(exim.target(tls), mails, {.chunks = chunks});
      EXPECT_TRUE(sent.before_sign_in.chunking && sent.before_sign_in.dsn);
      for (const auto& outcome : sent.outcomes)
        ASSERT_EQ(outcome.phase, Phase::accepted) << (outcome.error ? outcome.error->what() : "");
      EXPECT_EQ(exim.body(Exim::id_of(sent.outcomes[0])), dots_kept);
      EXPECT_EQ(exim.body(Exim::id_of(sent.outcomes[1])), "Gr\xC3\xBC\xC3\x9F\n");
      const std::string line = exim.log_line(Exim::id_of(sent.outcomes[0]));
      EXPECT_THAT(line, AllOf(HasSubstr("A=plain:alice"), HasSubstr("P=esmtpsa")));
      EXPECT_EQ(line.contains(" K "), chunks != smtp::Chunks::never) << line;  // K: CHUNKING
    }
  }
}

TEST(EximTest, takes_addresses_beyond_ascii) {
  Exim& exim = Exim::shared();
  base::StringSource local("Subject: x\r\n\r\nx\r\n"), domain("Subject: x\r\n\r\nx\r\n");
  std::vector<smtp::MailTransaction> mails{mail_to("J\xC3\xBCrgen@example.org", local),
                                           mail_to("you@b\xC3\xBC"
                                                   "cher.example",
                                                   domain)};
  const Sent sent = send_all(exim.target(net::TlsMode::starttls), mails);
  for (const auto& outcome : sent.outcomes)
    ASSERT_EQ(outcome.phase, Phase::accepted) << (outcome.error ? outcome.error->what() : "");
  const std::string first = exim.envelope(Exim::id_of(sent.outcomes[0]));
  EXPECT_THAT(first, AllOf(HasSubstr("J\xC3\xBCrgen@example.org"), HasSubstr("-smtputf8")));
  const std::string second = exim.envelope(Exim::id_of(sent.outcomes[1]));
  EXPECT_THAT(second, AllOf(HasSubstr("you@xn--bcher-kva.example"), Not(HasSubstr("-smtputf8"))));
}

TEST(EximTest, keeps_what_delivery_reports_were_asked_for) {
  Exim& exim = Exim::shared();
  base::StringSource body("Subject: x\r\n\r\nx\r\n");
  std::vector<smtp::MailTransaction> mails{mail_to("bob+x@example.org", body)};
  mails[0].envelope_id = "run 7";
  mails[0].return_content = smtp::ReturnContent::headers;
  mails[0].notify = {smtp::Notify::success | smtp::Notify::delay};
  const Sent sent = send_all(exim.target(net::TlsMode::starttls), mails);
  ASSERT_EQ(sent.outcomes[0].phase, Phase::accepted);
  EXPECT_FALSE(sent.outcomes[0].reports_unsupported);
  const std::string envelope = exim.envelope(Exim::id_of(sent.outcomes[0]));
  EXPECT_THAT(envelope, AllOf(HasSubstr("-dsn_envid run+207"), HasSubstr("-dsn_ret 2"),
                              HasSubstr("rfc822;bob+2Bx@example.org")));
}

TEST(EximTest, says_which_recipients_it_refuses) {
  Exim& exim = Exim::shared();
  for (auto chunks : {smtp::Chunks::where_known, smtp::Chunks::never}) {
    base::StringSource some("Subject: x\r\n\r\nx\r\n"), none("Subject: x\r\n\r\nx\r\n"),
        after("Subject: x\r\n\r\nx\r\n");
    std::vector<smtp::MailTransaction> mails{mail_to("gone@example.org", some),
                                             mail_to("gone@example.org", none),
                                             mail_to("bob@example.org", after)};
    mails[0].recipients = {"gone@example.org", "bob@example.org", "later@example.org"};
    const Sent sent = send_all(exim.target(net::TlsMode::starttls), mails, {.chunks = chunks});
    EXPECT_EQ(sent.outcomes[0].phase, Phase::accepted);
    const auto& recipients = sent.outcomes[0].recipients;
    EXPECT_EQ(recipients[0].error.value().code(), "smtp.unknown_recipient");
    EXPECT_FALSE(recipients[1].error);
    EXPECT_EQ(recipients[2].error.value().code(), "smtp.greylisted");
    EXPECT_EQ(recipients[2].error.value().retry_after(), std::chrono::seconds(299));
    EXPECT_EQ(sent.outcomes[1].phase, Phase::refused);
    EXPECT_EQ(sent.outcomes[1].error.value().code(), "smtp.unknown_recipient");
    // Exim says 503 to a chunk without recipients: whether it threw it away cannot be told.
    const bool goes_on = chunks == smtp::Chunks::never;
    EXPECT_EQ(sent.outcomes[2].phase, goes_on ? Phase::accepted : Phase::before_data);
    if (!goes_on) {
      EXPECT_EQ(sent.outcomes[2].error.value().code(), "smtp.not_sent");
      EXPECT_TRUE(sent.outcomes[2].error.value().transient());
    }
  }
}

std::string code_of_sending(const net::Target& target, How how = {}) {
  base::StringSource body("Subject: x\r\n\r\nx\r\n");
  std::vector<smtp::MailTransaction> mails{mail_to("bob@example.org", body)};
  try {
    send_all(target, mails, how);
  } catch (const base::Error& error) {
    return error.code();
  }
  return "none";
}

TEST(EximTest, signs_in_only_under_tls_and_only_with_the_password) {
  Exim& exim = Exim::shared();
  EXPECT_EQ(code_of_sending(exim.target(net::TlsMode::none)), "smtp.no_auth");
  EXPECT_EQ(code_of_sending(exim.target(net::TlsMode::starttls), {.password = "wrong"}),
            "auth.wrong_password");
}

TEST(EximTest, gets_no_message_that_it_said_is_too_big) {
  Exim& exim = Exim::shared();
  std::string text = "Subject: big\r\n\r\n";
  while (text.size() < 1'100'000) text += "0123456789012345678901234567890123456789\r\n";
  base::StringSource body(text);
  std::vector<smtp::MailTransaction> mails{mail_to("bob@example.org", body)};
  const Sent sent = send_all(exim.target(net::TlsMode::starttls), mails);
  EXPECT_EQ(sent.outcomes[0].phase, Phase::before_data);
  EXPECT_EQ(sent.outcomes[0].error.value().code(), "smtp.too_big");
}

TEST(DovecotSubmissionTest, hands_on_what_came_by_chunks) {
  test::MailServer server;
  net::Target target;
  target.host = "127.0.0.1";
  target.port = server.submission_port();
  target.tls = net::TlsMode::starttls;
  target.policy.extra_ca = server.authority();
  base::StringSource plain(dots), second("Subject: second\r\n\r\nx\r\n");
  std::vector<smtp::MailTransaction> mails{mail_to("bob@example.org", plain),
                                           mail_to("bob@example.org", second)};
  const Sent sent = send_all(target, mails);
  EXPECT_TRUE(sent.before_sign_in.chunking);
  for (const auto& outcome : sent.outcomes)
    ASSERT_EQ(outcome.phase, Phase::accepted)
        << (outcome.error ? outcome.error->what() : "") << '\n'
        << server.log();
  const auto received = server.sink().wait_for(2);
  EXPECT_THAT(received[0].raw, HasSubstr("\r\n.\r\n..\r\n.MAIL FROM:<x@y>\r\n\r\n.\r\nlast\r\n"));
}

}  // namespace
