// What servers were seen to say, word by word, and what it has to become.
#include "imap/client/refusal.hpp"

#include <gtest/gtest.h>

#include "imap/client/refusal_table.hpp"
#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;

struct SaidCase {
  Heard heard;
  std::string_view line;
  std::string_view code;
  ErrorKind kind;
  bool transient = false;
  bool usable = true;  // commands only
  std::int64_t delay = 0;
};

constexpr SaidCase said[] = {
    {Heard::command, "A1 NO Request is throttled. Suggested Backoff Time: 299961 milliseconds",
     "imap.throttled", ErrorKind::throttled, true, true, 299961},
    {Heard::command, "A1 BAD Request is throttled. Suggested Backoff Time: 1000 milliseconds",
     "imap.throttled", ErrorKind::throttled, true, true, 1000},
    {Heard::command, "A1 BAD request is throttled. BACKOFF TIME=99999999999999 milliseconds",
     "imap.throttled", ErrorKind::throttled, true, true, 86'400'000},
    {Heard::sign_in, "A1 NO Request is throttled. Suggested Backoff Time: 5 milliseconds",
     "imap.throttled", ErrorKind::throttled, true, false, 5},
    {Heard::command, "A1 NO Server Unavailable. 15", "imap.unavailable", ErrorKind::network, true},
    {Heard::command, "A1 BAD User is authenticated but not connected.", "auth.mailbox_refused",
     ErrorKind::auth, false, false},
    {Heard::command, "A1 NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
     "imap.daily_limit", ErrorKind::throttled, true, true, 3'600'000},
    {Heard::command, "A1 NO [OVERQUOTA] Quota exceeded", "imap.over_quota", ErrorKind::refused},
    {Heard::command, "A1 NO [LIMIT] UID FETCH Rate limit hit", "imap.throttled",
     ErrorKind::throttled, true},
    {Heard::command, "A1 NO [LIMIT] Too many keywords in this mailbox", "imap.limit",
     ErrorKind::refused},
    {Heard::command, "A1 NO [LIMIT] throttling", "imap.throttled", ErrorKind::throttled, true},
    {Heard::command, "A1 NO [UNAVAILABLE] UID FETCH Server error while fetching messages",
     "imap.unavailable", ErrorKind::network, true},
    {Heard::command, "A1 NO [TRYCREATE] Folder is not found", "imap.no_such_folder",
     ErrorKind::not_found},
    {Heard::command, "A1 NO Folder is not found", "imap.no_such_folder", ErrorKind::not_found},
    {Heard::command, "A1 NO [ALREADYEXISTS] Mailbox already exists", "imap.already_exists",
     ErrorKind::refused},
    {Heard::command, "A1 NO Mailbox already exists!", "imap.already_exists", ErrorKind::refused},
    {Heard::command, "A1 NO [BADCHARSET (US-ASCII)] The specified charset is not supported.",
     "imap.bad_charset", ErrorKind::unsupported},
    {Heard::command, "A1 BAD unable to handle request: Unsupported charset \"UTF-8\"",
     "imap.bad_charset", ErrorKind::unsupported},
    {Heard::command, "A1 BAD Error in IMAP command UID FETCH: Too long argument", "imap.too_long",
     ErrorKind::unsupported},
    {Heard::command, "A1 NO SELECT Unsafe Login. Please contact kefu@188.com for help",
     "imap.unsafe_login", ErrorKind::auth},
    {Heard::command, "A1 BAD No mailbox is currently selected", "imap.not_selected",
     ErrorKind::network, true, false},
    {Heard::command, "A1 BAD Could not parse command", "imap.bad_command", ErrorKind::unsupported},
    {Heard::command, "A1 NO [NOPERM] no", "imap.no_permission", ErrorKind::auth},
    {Heard::command, "A1 NO [CANNOT] Invalid mailbox name", "imap.not_allowed", ErrorKind::refused},
    {Heard::command, "A1 NO [HASCHILDREN] Mailbox has children", "imap.has_children",
     ErrorKind::refused},
    {Heard::command, "A1 NO [TOOBIG] Message too large", "imap.message_too_large",
     ErrorKind::refused},
    {Heard::command, "A1 NO nope", "imap.refused", ErrorKind::refused},

    {Heard::sign_in, "A1 NO AUTHENTICATE failed.", "auth.wrong_password", ErrorKind::auth},
    {Heard::sign_in, "A1 NO LOGIN failed.", "auth.wrong_password", ErrorKind::auth},
    {Heard::sign_in, "A1 NO Basic authentication is disabled.", "auth.password_disabled",
     ErrorKind::auth},
    {Heard::sign_in,
     "A1 NO [ALERT] Application-specific password required: "
     "https://support.google.com/accounts/answer/185833 (Failure)",
     "auth.app_password_required", ErrorKind::auth},
    {Heard::sign_in,
     "A1 NO [ALERT] Please log in via your web browser: "
     "https://support.google.com/mail/accounts/answer/78754 (Failure)",
     "auth.web_login_required", ErrorKind::auth},
    {Heard::sign_in, "A1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
     "auth.wrong_password", ErrorKind::auth},
    {Heard::sign_in, "A1 NO Lookup failed gmailish", "auth.wrong_user", ErrorKind::auth},
    {Heard::sign_in, "A1 NO [ALERT] Too many simultaneous connections. (Failure)",
     "imap.too_many_connections", ErrorKind::throttled, true},
    {Heard::sign_in,
     "A1 NO [LIMIT] Maximum number of connections from user+IP exceeded "
     "(mail_max_userip_connections=10)",
     "imap.too_many_connections", ErrorKind::throttled, true},
    {Heard::sign_in,
     "A1 NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings "
     "page and enable your account for IMAP access. (Failure)",
     "auth.imap_disabled", ErrorKind::auth},
    {Heard::sign_in, "A1 NO [UNAVAILABLE] Temporary authentication failure.", "imap.unavailable",
     ErrorKind::network, true},
    {Heard::sign_in, "A1 NO [EXPIRED] password", "auth.password_expired", ErrorKind::auth},
    {Heard::sign_in, "A1 NO [CONTACTADMIN] locked", "auth.contact_admin", ErrorKind::auth},
    {Heard::sign_in, "A1 NO", "auth.wrong_password", ErrorKind::auth},

    {Heard::bye, "* BYE Connection closed. 14", "imap.session_given_up", ErrorKind::network, true},
    {Heard::bye, "* BYE", "imap.bye", ErrorKind::network, true},
    {Heard::bye, "* BYE IMAP server shutting down", "imap.bye", ErrorKind::network, true},
    {Heard::bye, "* BYE [UNAVAILABLE] Temporary System Error", "imap.unavailable",
     ErrorKind::network, true},
    {Heard::bye, "* BYE Too many simultaneous connections", "imap.too_many_connections",
     ErrorKind::throttled, true},
    {Heard::bye, "* BYE Session invalidated - AccessTokenExpired", "imap.token_expired",
     ErrorKind::network, true},
    {Heard::bye, "* BYE Autologout; idle for too long", "imap.bye", ErrorKind::network, true},
};

base::Error error_of_said(const SaidCase& c) {
  wire::FetchData none;
  auto parsed = wire::parse_response(c.line, none);
  const auto& status = std::get<wire::Status>(parsed.value());
  if (c.heard == Heard::command) return refusal_error(status, "SELECT");
  return c.heard == Heard::bye ? bye_error(status) : sign_in_error(status);
}

TEST(Refusal, understands_what_servers_say) {
  for (const SaidCase& c : said) {
    const base::Error error = error_of_said(c);
    EXPECT_EQ(error.code(), c.code) << c.line;
    EXPECT_EQ(error.kind(), c.kind) << c.line;
    EXPECT_EQ(error.transient(), c.transient) << c.line;
    EXPECT_EQ(error.session_usable(), c.heard == Heard::command && c.usable) << c.line;
    EXPECT_EQ(error.retry_after().value_or(milliseconds(0)).count(), c.delay) << c.line;
    if (c.code != "imap.refused") EXPECT_FALSE(error.hint().empty()) << c.line;
  }
}

TEST(Refusal, that_costs_the_session_ends_the_connection) {
  play_text(R"(
    S: * OK [CAPABILITY IMAP4rev1] ready
    C: A1 NOOP
    C: A2 NOOP
    S: A1 BAD No mailbox is currently selected
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              auto first = noop(client);
              auto second = noop(client);
              std::string codes;
              try {
                co_await first.result();
              } catch (const base::Error& error) {
                codes = error.code();
              }
              EXPECT_FALSE(client.is_usable());
              try {
                co_await second.result();
              } catch (const base::Error& error) {
                codes += ' ' + error.code();
              }
              EXPECT_EQ(codes, "imap.not_selected imap.not_selected");
            });
}

TEST(Refusal, every_row_can_be_met) {
  for (const RefusalRow& row : refusal_table()) {
    EXPECT_TRUE(!row.response_codes[0].empty() || !row.phrases[0].empty()) << row.code;
    EXPECT_FALSE(row.message.empty() || row.hint.empty()) << row.code;
    EXPECT_FALSE(row.message.ends_with('.')) << row.code;
  }
}

TEST(Refusal, shows_the_page_that_gmail_wants_opened) {
  std::string hint;
  try {
    play_text(R"(
      S: * OK [CAPABILITY IMAP4rev1] Gimap ready
      C: A1 LOGIN "u" "p"
      S: * NO [WEBALERT https://accounts.google.com/signin/continue?plt=AKg] Web login required.
      S: A1 NO [ALERT] Please log in via your web browser: https://support.google.com (Failure)
    )",
              [](Client& client) -> Task<void> {
                co_await client.read_greeting();
                base::Secret password("p");
                auto signing = login(client, "u", password);
                co_await signing.result();
              });
  } catch (const base::Error& error) {
    hint = error.hint();
  }
  EXPECT_EQ(hint,
            "open this page once in a browser, then try again: "
            "https://accounts.google.com/signin/continue?plt=AKg");
}

}  // namespace
}  // namespace postroom::imap
