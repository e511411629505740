#include "smtp/wire/reply_cause.hpp"

#include <chrono>

#include "base/text.hpp"

namespace postroom::smtp {
namespace {

using base::Error;
using base::ErrorKind;
using namespace std::chrono_literals;

constexpr int any = -1;

struct Pattern {
  int status_class = any, subject = any, detail = any;
};

enum class Again { no, later };

struct Cause {
  int code;                // any, or the whole code, or its first digit
  Pattern enhanced;        // all `any`: not looked at
  std::string_view words;  // lower case, somewhere in the reply; empty: not looked at
  unsigned stages;
  ErrorKind kind;
  std::string_view error_code;
  std::string_view message;
  std::string_view hint;
  Again again = Again::no;
  std::chrono::milliseconds retry_after{0};
};

constexpr unsigned at(Stage stage) { return static_cast<unsigned>(stage); }
constexpr unsigned at_auth = at(Stage::auth);
constexpr unsigned at_rcpt = at(Stage::rcpt);
constexpr unsigned at_content = at(Stage::data) | at(Stage::body);
constexpr unsigned at_send = at(Stage::mail) | at_rcpt | at_content | at(Stage::reset);
constexpr unsigned anywhere = ~0U;

constexpr std::string_view use_oauth =
    "this account takes OAuth 2.0 only, which this version cannot do yet";
constexpr std::string_view allow_send_as =
    "send from the signed-in address (from), or have its owner grant it: at Exchange Online "
    "Add-RecipientPermission "
    "MAILBOX -Trustee USER -AccessRights SendAs";
constexpr std::string_view smaller = "send fewer or smaller attachments, or share them as links";
constexpr std::string_view slow_down =
    "wait, then send fewer messages a minute over one connection";

// clang-format off: a row in two or three lines reads better than one in twelve
constexpr Cause causes[] = {
    // --- the switches of Exchange Online; they come at AUTH and some of them at MAIL or at the
    // final dot
    {any, {5, 7, 139}, "smtpclientauthentication", anywhere, ErrorKind::auth,
     "auth.smtp_auth_disabled",
     "sending by SMTP is switched off for this mailbox or its tenant, with passwords and with "
     "OAuth alike",
     "an administrator runs Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled "
     "$false (for the whole "
     "tenant Set-TransportConfig -SmtpClientAuthenticationDisabled $false)"},
    {any, {5, 7, 139}, "basic authentication is disabled", anywhere, ErrorKind::auth,
     "auth.basic_disabled", "this server takes no passwords any more for sending", use_oauth},
    {any, {5, 7, 139}, "", anywhere, ErrorKind::auth, "auth.policy_refused",
     "a policy of the organization forbids this sign-in (security defaults, Conditional Access, or "
     "a locked user)",
     "an administrator looks at the user's sign-in log in Entra and allows this client"},
    {any, {5, 7, 30}, "", anywhere, ErrorKind::auth, "auth.basic_disabled",
     "this server takes no passwords any more for sending", use_oauth},
    {any, {5, 7, 60}, "", anywhere, ErrorKind::auth, "smtp.send_as_denied",
     "the signed-in user may not send as this sender", allow_send_as},
    {any, {5, 2, 252}, "", anywhere, ErrorKind::auth, "smtp.send_as_denied",
     "the signed-in user may not send as this sender", allow_send_as},
    {any, {}, "sendasdenied", anywhere, ErrorKind::auth, "smtp.send_as_denied",
     "the signed-in user may not send as this sender", allow_send_as},
    {553, {5, 7, 1}, "not owned by", at_send, ErrorKind::auth, "smtp.send_as_denied",
     "the signed-in user may not send as this sender", allow_send_as},
    {430, {4, 2, 0}, "mailbox logon failure", anywhere, ErrorKind::auth, "smtp.mailbox_not_granted",
     "the application may not use this mailbox",
     "an administrator grants it: Add-MailboxPermission MAILBOX -User SERVICE_PRINCIPAL "
     "-AccessRights FullAccess"},
    {any, {}, "concurrent connections limit", anywhere, ErrorKind::throttled,
     "smtp.too_many_connections", "too many connections send for this mailbox at once",
     "send over one connection, and wait a little", Again::later, 30s},
    {any, {}, "thread limit exceeded", anywhere, ErrorKind::throttled, "smtp.too_many_connections",
     "too many connections send for this mailbox at once",
     "send over one connection, and wait a little", Again::later, 30s},

    // --- sign-in
    {any, {}, "too many login attempts", anywhere, ErrorKind::throttled, "auth.too_many_attempts",
     "the server refuses further sign-ins for a while",
     "wait some minutes; sign in once for many messages", Again::later, 300s},
    {534, {5, 7, 9}, "application-specific", at_auth, ErrorKind::auth, "auth.app_password_needed",
     "this account has two-step sign-in: its own password does not work here",
     "create an app password in the account's security page and use that"},
    {any, {5, 7, 14}, "", at_auth, ErrorKind::auth, "auth.web_sign_in_needed",
     "the provider wants the user to sign in with a browser first",
     "sign in once on the provider's web page from this network, then try again"},
    {534, {}, "web browser", at_auth, ErrorKind::auth, "auth.web_sign_in_needed",
     "the provider wants the user to sign in with a browser first",
     "sign in once on the provider's web page from this network, then try again"},
    {534, {}, "", at_auth, ErrorKind::auth, "auth.mechanism_refused",
     "the server wants a stronger way to sign in for this user",
     "ask the server's administrator which mechanism the user may use"},
    {538, {}, "", at_auth, ErrorKind::tls, "smtp.starttls_required",
     "the server wants TLS before the sign-in", "set smtp.tls to starttls or implicit"},
    {530, {}, "starttls", anywhere, ErrorKind::tls, "smtp.starttls_required",
     "the server wants TLS first", "set smtp.tls to starttls or implicit"},
    {432, {4, 7, 12}, "", at_auth, ErrorKind::auth, "auth.password_transition",
     "the server needs the password once in another form",
     "sign in once with the provider's own client or web page"},
    {525, {}, "", at_auth, ErrorKind::auth, "auth.account_disabled", "the account is switched off",
     "ask the server's administrator"},
    {any, {5, 7, 13}, "", at_auth, ErrorKind::auth, "auth.account_disabled",
     "the account is switched off", "ask the server's administrator"},
    {535, {5, 7, 3}, "", at_auth, ErrorKind::auth, "auth.wrong_password",
     "the server does not accept the user name with this password or token",
     "Exchange says no more than this: a token needs the scope SMTP.Send for this very mailbox, a "
     "password works only " "where basic authentication is still on, and the user must be enabled"},
    {535, {}, "", at_auth, ErrorKind::auth, "auth.wrong_password",
     "the server does not accept the user name with this password or token",
     "check both; with two-step sign-in an app password is needed; Microsoft takes OAuth 2.0 only, "
     "which this version cannot do yet"},
    {530, {}, "", anywhere, ErrorKind::auth, "auth.required",
     "the server wants a sign-in before it takes mail",
     "give the connect step's smtp an auth, or use the server's submission port (587 or 465)"},
    {any, {5, 7, 57}, "", anywhere, ErrorKind::auth, "auth.required",
     "the server wants a sign-in before it takes mail",
     "give the connect step's smtp an auth, or use the server's submission port (587 or 465)"},
    {504, {}, "", at_auth, ErrorKind::auth, "auth.mechanism_refused",
     "the server does not take the mechanism that it offered", "choose another auth.mode"},
    {4, {}, "", at_auth, ErrorKind::throttled, "auth.unavailable",
     "the server cannot check sign-ins right now", "try again later", Again::later, 60s},
    {5, {}, "", at_auth, ErrorKind::auth, "auth.refused", "the server refuses the sign-in",
     "read the server's words below; its administrator can say which sign-in it takes"},
    {4, {}, "", at(Stage::starttls), ErrorKind::tls, "smtp.tls_unavailable",
     "the server cannot do TLS right now",
     "try again later, or use the implicit TLS port (smtp.port 465)", Again::later, 60s},
    {5, {}, "", at(Stage::starttls), ErrorKind::tls, "smtp.tls_unavailable",
     "the server refuses STARTTLS", "use the implicit TLS port (smtp.port 465, smtp.tls implicit)"},

    // --- limits in time
    {any, {5, 4, 5}, "", anywhere, ErrorKind::throttled, "smtp.daily_limit",
     "the account has sent as much as it may in a day",
     "wait until tomorrow, or spread the mail over more accounts", Again::later, 3600s},
    {550, {}, "sending limit exceeded", anywhere, ErrorKind::throttled, "smtp.daily_limit",
     "the account has sent as much as it may in a day",
     "wait until tomorrow, or spread the mail over more accounts", Again::later, 3600s},
    {4, {}, "greylist", anywhere, ErrorKind::refused, "smtp.greylisted",
     "the server takes mail from strangers only at the second try", "it is tried again later",
     Again::later, 300s},
    {4, {}, "graylist", anywhere, ErrorKind::refused, "smtp.greylisted",
     "the server takes mail from strangers only at the second try", "it is tried again later",
     Again::later, 300s},
    {421, {4, 7, any}, "", anywhere, ErrorKind::throttled, "smtp.throttled",
     "the server asks to slow down", slow_down, Again::later, 60s},
    {4, {4, 7, 0}, "", anywhere, ErrorKind::throttled, "smtp.throttled",
     "the server asks to slow down", slow_down, Again::later, 60s},
    {4, {4, 7, 28}, "", anywhere, ErrorKind::throttled, "smtp.throttled",
     "the server asks to slow down", slow_down, Again::later, 60s},
    {450, {4, 2, 1}, "", anywhere, ErrorKind::throttled, "smtp.throttled",
     "mail comes too fast for this mailbox", slow_down, Again::later, 60s},
    {454, {}, "", anywhere, ErrorKind::throttled, "smtp.throttled", "the server asks to slow down",
     slow_down, Again::later, 60s},
    {421, {}, "", anywhere, ErrorKind::throttled, "smtp.unavailable",
     "the server closes the connection for now", "it is tried again later", Again::later, 30s},
    {any, {4, 5, 3}, "", at_send, ErrorKind::refused, "smtp.too_many_recipients",
     "the message has more recipients than the server takes at once",
     "the rest is sent in a further message", Again::later},
    {any, {5, 5, 3}, "", at_send, ErrorKind::refused, "smtp.too_many_recipients",
     "the message has more recipients than the server takes",
     "send it to fewer recipients at a time"},

    // --- size and content
    {any, {5, 3, 4}, "", anywhere, ErrorKind::refused, "smtp.too_big",
     "the message is bigger than the server takes", smaller},
    {any, {5, 2, 3}, "", anywhere, ErrorKind::refused, "smtp.too_big",
     "the message is bigger than the mailbox takes", smaller},
    {any, {any, 2, 2}, "", at_content, ErrorKind::refused, "smtp.mailbox_full",
     "a mailbox is full; it may be the sender's own, where the sent copy goes",
     "make room, then send again"},
    {any, {4, 2, 2}, "", at_rcpt, ErrorKind::refused, "smtp.recipient_full",
     "the recipient's mailbox is full", "it is tried again later", Again::later},
    {any, {5, 2, 2}, "", at_rcpt, ErrorKind::refused, "smtp.recipient_full",
     "the recipient's mailbox is full", "reach the recipient another way"},
    {552, {5, 7, any}, "", at_content, ErrorKind::refused, "smtp.content_refused",
     "the server refuses what the message contains, such as a forbidden attachment type",
     "send the file in another form, or share it as a link"},
    {552, {}, "", at_rcpt, ErrorKind::refused, "smtp.recipient_full",
     "the recipient's mailbox is full", "reach the recipient another way"},
    {552, {}, "", at_send, ErrorKind::refused, "smtp.too_big",
     "the message is bigger than the server takes", smaller},
    {any, {5, 6, 7}, "", anywhere, ErrorKind::unsupported, "smtp.no_utf8",
     "the server does not take addresses beyond ASCII", "use the recipient's ASCII address"},

    // --- sender and recipients
    {any, {5, 1, 8}, "", at_send, ErrorKind::refused, "smtp.sender_refused",
     "the server refuses the sender's address",
     "send from an address of the account that signs in"},
    {any, {5, 1, 7}, "", at_send, ErrorKind::refused, "smtp.sender_refused",
     "the server refuses the sender's address",
     "send from an address of the account that signs in"},
    {any, {5, 1, 1}, "", at_send, ErrorKind::refused, "smtp.unknown_recipient",
     "the recipient does not exist", "check the address"},
    {any, {5, 1, 10}, "", at_send, ErrorKind::refused, "smtp.unknown_recipient",
     "the recipient does not exist", "check the address"},
    {any, {5, 1, 2}, "", at_send, ErrorKind::refused, "smtp.unknown_recipient",
     "the recipient's domain takes no mail", "check the part after the @"},
    {any, {5, 1, 3}, "", at_send, ErrorKind::refused, "smtp.bad_address",
     "the server finds the address malformed", "check the address"},
    {any, {5, 1, 6}, "", at_send, ErrorKind::refused, "smtp.unknown_recipient",
     "the recipient has moved", "ask for the new address"},
    {551, {}, "", at_rcpt, ErrorKind::refused, "smtp.unknown_recipient", "the recipient has moved",
     "the server's words may name the new address"},
    {5, {}, "relay", at_rcpt, ErrorKind::refused, "smtp.relay_denied",
     "the server does not pass mail on to this recipient's domain",
     "sign in to the server that belongs to the sender's address"},
    {550, {}, "user unknown", at_rcpt, ErrorKind::refused, "smtp.unknown_recipient",
     "the recipient does not exist", "check the address"},

    // --- by class
    {5, {5, 7, any}, "", anywhere, ErrorKind::refused, "smtp.policy_refused",
     "a policy of the server refuses it",
     "read the server's words below; they often name a page that says more"},
    {4, {}, "", at(Stage::greeting) | at(Stage::hello), ErrorKind::throttled, "smtp.unavailable",
     "the server takes no sessions right now", "it is tried again later", Again::later, 30s},
    {4, {}, "", anywhere, ErrorKind::refused, "smtp.try_later",
     "the server cannot take it right now", "it is tried again later", Again::later},
    {5, {}, "", at(Stage::greeting) | at(Stage::hello), ErrorKind::refused, "smtp.no_service",
     "the server takes no mail from here",
     "check host and port: submission is 587 or 465, seldom 25"},
    {5, {}, "", at(Stage::mail), ErrorKind::refused, "smtp.sender_refused",
     "the server refuses the sender's address",
     "send from an address of the account that signs in"},
    {5, {}, "", at_rcpt, ErrorKind::refused, "smtp.recipient_refused",
     "the server refuses the recipient", "check the address; the server's words below say more"},
    {any, {}, "", anywhere, ErrorKind::refused, "smtp.message_refused",
     "the server refuses the message", "the server's words below say why"},
};
// clang-format on

bool matches(const Pattern& pattern, const EnhancedCode& given) {
  if (pattern.status_class == any && pattern.subject == any) return true;
  if (!given.is_given()) return false;
  auto same = [](int wanted, int value) { return wanted == any || wanted == value; };
  return same(pattern.status_class, given.status_class) && same(pattern.subject, given.subject) &&
         same(pattern.detail, given.detail);
}

bool matches(const Cause& cause, const Reply& reply, Stage stage, std::string_view lower_text) {
  if ((cause.stages & at(stage)) == 0) return false;
  if (cause.code != any && cause.code != reply.code && cause.code != reply.code / 100) return false;
  if (!matches(cause.enhanced, reply.enhanced)) return false;
  return cause.words.empty() || lower_text.contains(cause.words);
}

}  // namespace

std::string_view to_string(Stage stage) noexcept {
  switch (stage) {
    case Stage::greeting:
      return "the greeting";
    case Stage::hello:
      return "EHLO";
    case Stage::starttls:
      return "STARTTLS";
    case Stage::auth:
      return "AUTH";
    case Stage::mail:
      return "MAIL FROM";
    case Stage::rcpt:
      return "RCPT TO";
    case Stage::data:
      return "DATA";
    case Stage::body:
      return "the final dot";
    case Stage::reset:
      return "RSET";
  }
  return "a command";
}

Error to_error(const Reply& refusal, Stage stage) {
  std::string text = refusal.text();
  std::string lower_text = base::ascii_lower(text);
  const Cause* cause = causes;
  while (!matches(*cause, refusal, stage, lower_text)) ++cause;  // the last row matches everything
  Error error(cause->kind, cause->error_code, std::string(cause->message),
              std::string(cause->hint));
  error.set_server_text(text);
  error.set_transient(cause->again == Again::later);
  if (cause->retry_after > 0ms) error.set_retry_after(cause->retry_after);
  constexpr unsigned opening = at(Stage::greeting) | at(Stage::starttls) | at_auth;
  error.set_session_usable(refusal.code != 421 && (at(stage) & opening) == 0);
  return error;
}

Error unexpected_reply(const Reply& reply, Stage stage) {
  Error error(
      ErrorKind::protocol, "smtp.unexpected_reply",
      "the server answers " + std::to_string(reply.code) + " to " + std::string(to_string(stage)),
      "the server, or something before it, does not follow RFC 5321: check host and port");
  error.set_server_text(reply.text());
  return error;
}

}  // namespace postroom::smtp
