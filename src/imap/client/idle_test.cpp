#include "imap/client/idle.hpp"

#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"
#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "tests/support/mail_server.hpp"

namespace postroom::imap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Idle, ends_with_news_or_with_its_time) {
  play("idle.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    const MailboxName inbox = MailboxName::from_wire("INBOX");
    auto opening = select(client, inbox, Access::read_write);
    co_await opening.result();
    EXPECT_TRUE(can_idle(client));
    MailboxNews news = co_await idle(client);
    EXPECT_EQ(news.exists, 4u);
    EXPECT_EQ(news.expunged, 1u);
    EXPECT_EQ(news.changed, UidSet{Uid{7}});
    EXPECT_EQ(news.changed_unnamed, 1u);
    EXPECT_EQ(client.selected()->exists, 3u);
    news = co_await idle(client, {.listen = milliseconds(1)});
    EXPECT_FALSE(news.any());
    auto asking = noop(client);
    co_await asking.result();
  });
}

std::string idle_outcome(std::string_view answer) {
  const std::string script =
      "S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready\nC: A1 IDLE\n" + std::string(answer);
  try {
    play_text(script, [](Client& client) -> Task<void> {
      co_await client.read_greeting();
      co_await idle(client, {.listen = milliseconds(1)});
    });
  } catch (const base::Error& error) {
    return error.code() + (error.session_usable() ? " usable" : "");
  }
  return "news";
}

TEST(Idle, survives_servers_that_will_not) {
  EXPECT_EQ(idle_outcome("S: A1 NO not here\n"), "imap.refused usable");
  EXPECT_EQ(idle_outcome("S: A1 BAD unknown command\n"), "imap.bad_command usable");
  EXPECT_EQ(idle_outcome("S: A1 OK done\n"), "imap.no_idle usable");
  EXPECT_EQ(idle_outcome("S: A1 NO Request is throttled. Suggested Backoff Time: 299961 ms\n"),
            "imap.throttled usable");
  EXPECT_EQ(idle_outcome("S: + idling\nS: * BYE IMAP server shutting down\n"), "imap.bye");
  EXPECT_EQ(idle_outcome("S: + idling\nCLOSE\n"), "imap.closed");
  EXPECT_EQ(idle_outcome("S: + idling\nS: + still\nS: * 1 EXPUNGE\nC: DONE\nS: A1 OK\n"), "news");
  EXPECT_EQ(idle_outcome("S: + idling\nS: A1 OK that was short\n"), "news");
}

Task<void> listen_on_a_real_server(std::string* seen) {
  test::MailServer& server = test::MailServer::shared();
  auto connector = net::make_connector();
  net::Target target{.host = std::string(test::MailServer::host),
                     .port = server.imap_port(),
                     .tls = net::TlsMode::none};
  std::unique_ptr<net::Stream> stream = co_await connector->open(target);
  Client client(std::move(stream));
  co_await client.read_greeting();
  base::Secret password{std::string(test::MailServer::password)};
  auto signing = login(client, "idler", password);
  co_await signing.result();
  co_await fetch_capabilities(client);
  const MailboxName inbox = MailboxName::from_wire("INBOX");
  auto opening = select(client, inbox, Access::read_only);
  co_await opening.result();
  MailboxNews silence = co_await idle(client, {.listen = milliseconds(10)});
  if (!silence.any()) *seen += "silence, ";
  server.deliver("idler", "INBOX", "Subject: news\n\nhello\n");
  MailboxNews news = co_await idle(client, {.listen = seconds(60)});
  if (news.exists == 1u) *seen += "news, ";
  co_await log_out(client, seconds(5));
  *seen += "goodbye";
}

TEST(Idle, works_with_dovecot) {
  std::string seen;
  net::run(listen_on_a_real_server(&seen));
  EXPECT_EQ(seen, "silence, news, goodbye");
}

}  // namespace
}  // namespace postroom::imap
