// The fixture itself: what every test of a store or a transport relies on.
#include "tests/support/mail_server.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "base/base64.hpp"

namespace {

using namespace postroom;
using namespace postroom::test;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view message = "Subject: first\n\n.a line\n";

// Submission in bare SMTP.
class RawSmtp {
 public:
  explicit RawSmtp(std::uint16_t port) : socket_(BlockingSocket::connect_loopback(port)) { read(); }

  std::string command(std::string_view line) {
    socket_.write(std::string(line) + "\r\n");
    return read();
  }

 private:
  std::string read() {
    std::string all;
    std::string line;
    do {
      line = socket_.read_line();
      all += line + "\n";
    } while (line.size() > 3 && line[3] == '-');
    return all;
  }

  BlockingSocket socket_;
};

std::string plain(std::string_view user, std::string_view password) {
  return base::to_base64(std::string(1, '\0') + std::string(user) + std::string(1, '\0') +
                         std::string(password));
}

bool refuses_connections(std::uint16_t port) {
  try {
    BlockingSocket::connect_loopback(port);
    return false;
  } catch (const std::system_error&) {
    return true;
  }
}

std::vector<std::string> processes_naming(const std::string& text) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    if (line.contains(text)) found.push_back(line);
  }
  return found;
}

TEST(MailServerTest, starts_within_a_second) {
  const auto before = std::chrono::steady_clock::now();
  MailServer server;
  EXPECT_EQ(server.raw_imap("alice").command("NOOP"), std::vector<std::string>{});
  EXPECT_LT(std::chrono::steady_clock::now() - before,
            std::chrono::seconds(5));  // 0.2 s on an idle machine
}

TEST(MailServerTest, a_new_user_has_the_usual_folders) {
  auto imap = MailServer::shared().raw_imap("folders@example.test");
  EXPECT_THAT(imap.command("LIST \"\" *"),
              testing::UnorderedElementsAre(HasSubstr("INBOX"),
                                            AllOf(HasSubstr("Sent"), HasSubstr("\\Sent")),
                                            AllOf(HasSubstr("Trash"), HasSubstr("\\Trash"))));
}

TEST(MailServerTest, delivers_with_flags_date_and_a_new_folder) {
  auto& server = MailServer::shared();
  EXPECT_EQ(server.deliver("bob", "INBOX", message), 1u);
  EXPECT_EQ(server.deliver("bob", "INBOX", message), 2u);
  EXPECT_EQ(server.deliver("bob", "Bills/2024", message, "\\Seen \\Flagged $Work",
                           "03-Mar-2024 10:00:00 +0100"),
            1u);
  EXPECT_EQ(server.count("bob", "INBOX"), 2u);

  auto imap = server.raw_imap("bob");
  imap.command("EXAMINE Bills/2024");
  EXPECT_THAT(imap.command("FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])"),
              ElementsAre(AllOf(HasSubstr("\\Flagged \\Seen"), HasSubstr("$Work"),
                                HasSubstr("\"03-Mar-2024 09:00:00 +0000\""),
                                HasSubstr("Subject: first\r\n\r\n.a line\r\n"))));
  EXPECT_THROW(server.count("bob", "Nowhere"), std::runtime_error);
}

TEST(MailServerTest, refuses_a_wrong_password_at_once_and_again) {
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    RawSmtp smtp(MailServer::shared().submission_port());
    smtp.command("EHLO client.test");
    EXPECT_THAT(smtp.command("AUTH PLAIN " + plain("alice", "wrong")), HasSubstr("535"));
  }
  // Dovecot's own delay would be two seconds and more for each.
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

TEST(MailServerTest, submission_hands_on_to_the_sink) {
  MailServer server;
  RawSmtp smtp(server.submission_port());
  EXPECT_THAT(smtp.command("EHLO client.test"), AllOf(HasSubstr("STARTTLS"), HasSubstr("AUTH ")));
  EXPECT_THAT(smtp.command("AUTH PLAIN " + plain("alice", "secret")), HasSubstr("235"));
  smtp.command("MAIL FROM:<alice@example.test>");
  smtp.command("RCPT TO:<carol@example.test>");
  smtp.command("DATA");
  EXPECT_THAT(smtp.command("Subject: out\r\n\r\n..dot\r\n."), HasSubstr("250"));

  const auto received = server.sink().wait_for(1);
  EXPECT_EQ(received[0].from, "alice@example.test");
  EXPECT_THAT(received[0].recipients, ElementsAre("carol@example.test"));
  EXPECT_THAT(received[0].raw, HasSubstr("Subject: out\r\n\r\n.dot\r\n"));
}

TEST(MailServerTest, capabilities_can_be_taken_away) {
  MailServer server({.without = {"MOVE", "UIDPLUS", "LITERAL+"}, .settings = {}});
  auto imap = server.raw_imap("alice");
  const auto lines = imap.command("CAPABILITY");
  EXPECT_THAT(lines, ElementsAre(AllOf(Not(HasSubstr(" MOVE")), Not(HasSubstr(" UIDPLUS")),
                                       Not(HasSubstr("LITERAL+")), HasSubstr(" ESEARCH"),
                                       HasSubstr(" CONDSTORE"))));
  EXPECT_EQ(server.deliver("alice", "INBOX", message), 1u);
}

TEST(MailServerTest, nothing_taken_away_is_what_the_server_says_by_itself) {
  MailServer listed({.without = {"NO-SUCH-CAPABILITY"}, .settings = {}});
  const auto sorted = [](MailServer& server) {
    std::istringstream words(server.raw_imap("alice").command("CAPABILITY").at(0));
    return std::multiset<std::string>{std::istream_iterator<std::string>(words), {}};
  };
  EXPECT_EQ(sorted(listed), sorted(MailServer::shared()));
}

TEST(MailServerTest, more_settings_reach_the_server) {
  MailServer server(
      {.without = {}, .settings = {"protocol imap {\n  mail_max_userip_connections = 1\n}"}});
  auto first = server.raw_imap("alice");
  EXPECT_THROW(server.raw_imap("alice").command("NOOP"), std::runtime_error);
}

TEST(MailServerTest, restart_cuts_connections_and_keeps_mail_and_ports) {
  MailServer server;
  server.deliver("alice", "INBOX", message);
  auto open = server.raw_imap("alice");
  const auto port = server.imap_port();
  server.restart();
  EXPECT_THROW(open.command("NOOP"), std::exception);
  EXPECT_EQ(server.imap_port(), port);
  EXPECT_EQ(server.deliver("alice", "INBOX", message), 2u);
}

TEST(MailServerTest, the_end_leaves_no_process_and_no_folder) {
  std::optional<MailServer> server(std::in_place);
  const auto folder = server->authority().parent_path();
  const auto port = server->imap_port();
  server->deliver("alice", "INBOX", message);
  EXPECT_THAT(processes_naming(folder), Not(IsEmpty()));
  server.reset();
  EXPECT_THAT(processes_naming(folder), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_TRUE(refuses_connections(port));
}

TEST(MailSinkTest, fails_as_told) {
  MailSink sink;
  sink.refuse_recipient("gone@example.test", "550 5.1.1 no such user");
  sink.answer("MAIL", "451 4.3.0 later");
  RawSmtp smtp(sink.port());
  EXPECT_THAT(smtp.command("EHLO client.test"), HasSubstr("PIPELINING"));
  EXPECT_EQ(smtp.command("MAIL FROM:<a@b.test>"), "451 4.3.0 later\n");
  EXPECT_EQ(smtp.command("RCPT TO:<x@b.test>"), "503 5.5.1 MAIL first\n");
  EXPECT_EQ(smtp.command("MAIL FROM:<a@b.test> BODY=8BITMIME"), "250 2.1.0 ok\n");
  EXPECT_EQ(smtp.command("RCPT TO:<gone@example.test>"), "550 5.1.1 no such user\n");
  EXPECT_EQ(smtp.command("DATA"), "554 5.5.1 no valid recipients\n");
  EXPECT_EQ(smtp.command("RCPT TO:<here@example.test>"), "250 2.1.5 ok\n");
  EXPECT_EQ(smtp.command("DATA"), "354 go on\n");
  EXPECT_EQ(smtp.command("one\r\n."), "250 2.0.0 kept\n");
  const auto messages = sink.messages();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].parameters, "BODY=8BITMIME");
  EXPECT_THAT(messages[0].recipients, ElementsAre("here@example.test"));
  EXPECT_EQ(messages[0].raw, "one\r\n");
  EXPECT_THAT(sink.commands(), Contains("MAIL FROM:<a@b.test> BODY=8BITMIME"));
}

TEST(MailSinkTest, keeps_the_message_and_drops_the_connection) {
  MailSink sink;
  sink.drop_after_dot();
  RawSmtp smtp(sink.port());
  smtp.command("EHLO client.test");
  smtp.command("MAIL FROM:<a@b.test>");
  smtp.command("RCPT TO:<c@d.test>");
  smtp.command("DATA");
  EXPECT_THROW(smtp.command("one\r\n."), std::runtime_error);
  EXPECT_EQ(sink.wait_for(1).size(), 1u);
}

TEST(MailSinkTest, wants_a_sign_in_where_told) {
  MailSink sink(
      {.tls = MailSink::Tls::none, .certificate = {}, .requires_sign_in = true, .without = {}});
  RawSmtp smtp(sink.port());
  EXPECT_THAT(smtp.command("EHLO client.test"), HasSubstr("AUTH PLAIN"));
  EXPECT_EQ(smtp.command("MAIL FROM:<a@b.test>"), "530 5.7.0 sign in first\n");
  EXPECT_THAT(smtp.command("AUTH PLAIN " + plain("alice", "wrong")), HasSubstr("535"));
  EXPECT_THAT(smtp.command("AUTH PLAIN " + plain("alice", "secret")), HasSubstr("235"));
  EXPECT_EQ(smtp.command("MAIL FROM:<a@b.test>"), "250 2.1.0 ok\n");
}

TEST(ProcessTest, captures_both_streams_and_the_exit_code) {
  const auto done =
      run_process({.arguments = {"sh", "-c", "cat; echo $ADDED; echo bad >&2; exit 3"},
                   .environment = {"ADDED=yes"},
                   .input = "in\n"});
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_EQ(done.output, "in\nyes\n");
  EXPECT_EQ(done.errors, "bad\n");
}

TEST(ProcessTest, a_large_input_comes_back_whole) {
  const std::string text(3'000'000, 'x');
  EXPECT_EQ(run_process({.arguments = {"cat"}, .input = text}).output, text);
}

TEST(ProcessTest, is_killed_at_its_limit_with_all_it_started) {
  EXPECT_THROW(run_process({.arguments = {"sh", "-c", "echo started; sleep 600"}},
                           std::chrono::milliseconds(200)),
               std::runtime_error);
  EXPECT_EQ(run_process({.arguments = {"sh", "-c", "kill -9 $$"}}).exit_code, 128 + 9);
  EXPECT_THROW(run_process({.arguments = {"no-such-program-at-all"}}), std::system_error);
}

TEST(ProcessTest, waits_for_output_and_ends_on_a_signal) {
  Process process({.arguments = {"sh", "-c", "echo ready; exec sleep 600"}});
  EXPECT_TRUE(process.wait_for_output("ready"));
  process.signal(SIGTERM);
  EXPECT_EQ(process.wait().exit_code, 128 + SIGTERM);
}

TEST(TempDirTest, is_empty_and_goes_with_its_content) {
  std::filesystem::path path;
  {
    const TempDir folder;
    path = folder.path();
    EXPECT_TRUE(std::filesystem::is_empty(path));
    folder.write("a/b.txt", "text");
    EXPECT_EQ(folder.read("a/b.txt"), "text");
    EXPECT_THROW(folder.read("c"), std::runtime_error);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
