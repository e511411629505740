#include "smtp/wire/reply_cause.hpp"

#include <gtest/gtest.h>

namespace postroom::smtp {
namespace {

using base::Error;
using base::ErrorKind;

Error cause(std::string_view line, Stage stage) {
  ReplyParser parser;
  std::string bytes = std::string(line) + "\r\n";
  std::string_view view = bytes;
  return to_error(**parser.next(view), stage);
}

TEST(ReplyCause, KnowsWhatServersSay) {
  struct Row {
    Stage stage;
    std::string_view line;
    std::string_view code;
    ErrorKind kind;
    bool transient = false;
  };
  const Row rows[] = {
      {Stage::auth,
       "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
       "Tenant. Visit "
       "https://aka.ms/smtp_auth_disabled for more information.",
       "auth.smtp_auth_disabled", ErrorKind::auth},
      {Stage::auth, "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
       "auth.password_disabled", ErrorKind::auth},
      {Stage::auth,
       "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security "
       "defaults "
       "policy.",
       "auth.policy_refused", ErrorKind::auth},
      {Stage::body, "550 5.7.30 Basic authentication is not supported for Client Submission.",
       "auth.password_disabled", ErrorKind::auth},
      {Stage::auth, "550 5.7.30 Basic authentication is not supported for Client Submission.",
       "auth.password_disabled", ErrorKind::auth},
      {Stage::auth, "535 5.7.3 Authentication unsuccessful [AM0PR01.prod.example]",
       "auth.wrong_password", ErrorKind::auth},
      {Stage::auth, "535-5.7.8 Username and Password not accepted.\r\n535 5.7.8 More - gsmtp",
       "auth.wrong_password", ErrorKind::auth},
      {Stage::auth, "535 Error", "auth.wrong_password", ErrorKind::auth},
      {Stage::auth,
       "534-5.7.9 Application-specific password required. For more information, go to\r\n534 5.7.9 "
       "https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp",
       "auth.app_password_required", ErrorKind::auth},
      {Stage::auth,
       "534-5.7.14 <https://accounts.google.com/signin/continue> Please log in via your web "
       "browser\r\n534 "
       "5.7.14 and then try again.",
       "auth.web_login_required", ErrorKind::auth},
      {Stage::auth, "534 5.7.9 Authentication mechanism is too weak", "auth.mechanism_refused",
       ErrorKind::auth},
      {Stage::auth, "454 4.7.0 Too many login attempts, please try again later.",
       "auth.too_many_attempts", ErrorKind::throttled, true},
      {Stage::auth, "454 4.7.0 Temporary authentication failure", "auth.unavailable",
       ErrorKind::throttled, true},
      {Stage::auth, "538 5.7.11 Encryption required", "smtp.starttls_required", ErrorKind::tls},
      {Stage::auth, "500 what", "auth.refused", ErrorKind::auth},
      {Stage::mail, "530 5.7.0 Must issue a STARTTLS command first", "smtp.starttls_required",
       ErrorKind::tls},
      {Stage::mail, "530 5.7.57 Client not authenticated to send mail.", "auth.required",
       ErrorKind::auth},
      {Stage::mail, "530 5.7.0 Authentication Required.", "auth.required", ErrorKind::auth},
      {Stage::body, "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
       "smtp.send_as_denied", ErrorKind::auth},
      {Stage::body, "554 5.2.252 SendAsDenied; me not allowed to send as you",
       "smtp.send_as_denied", ErrorKind::auth},
      {Stage::rcpt, "553 5.7.1 <a@b>: Sender address rejected: not owned by user u",
       "smtp.send_as_denied", ErrorKind::auth},
      {Stage::body, "430 4.2.0 STOREDRV; mailbox logon failure; failure = -2146233088",
       "smtp.mailbox_not_granted", ErrorKind::auth},
      {Stage::body,
       "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending",
       "smtp.too_many_connections", ErrorKind::throttled, true},
      {Stage::body, "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
       "smtp.too_many_connections", ErrorKind::throttled, true},
      {Stage::mail, "552 5.3.4 Message size exceeds fixed limit", "smtp.too_big",
       ErrorKind::refused},
      {Stage::body, "552-5.2.3 Your message exceeded Google's message size limits.\r\n552 5.2.3 x",
       "smtp.too_big", ErrorKind::refused},
      {Stage::body, "552 too much mail data", "smtp.too_big", ErrorKind::refused},
      {Stage::body, "554 5.2.2 mailbox full; STOREDRV", "smtp.mailbox_full", ErrorKind::refused},
      {Stage::rcpt, "452 4.2.2 The email account that you tried to reach is over quota",
       "smtp.recipient_full", ErrorKind::refused, true},
      {Stage::rcpt, "552 5.2.2 over quota", "smtp.recipient_full", ErrorKind::refused},
      {Stage::body,
       "552 5.7.0 This message was blocked because its content presents a potential security issue",
       "smtp.content_refused", ErrorKind::refused},
      {Stage::mail, "421 4.7.0 Try again later, closing connection.", "smtp.throttled",
       ErrorKind::throttled, true},
      {Stage::greeting, "421 mx too busy", "smtp.unavailable", ErrorKind::throttled, true},
      {Stage::greeting, "554 no SMTP service here", "smtp.no_service", ErrorKind::refused},
      {Stage::rcpt, "450 4.2.1 The user you are trying to contact is receiving mail too quickly",
       "smtp.recipient_rate", ErrorKind::throttled, true},
      {Stage::rcpt, "450 4.2.0 <a@b>: Recipient address rejected: Greylisted", "smtp.greylisted",
       ErrorKind::refused, true},
      {Stage::body, "550 5.4.5 Daily user sending limit exceeded.", "smtp.daily_limit",
       ErrorKind::throttled, true},
      {Stage::rcpt, "452 4.5.3 Too many recipients", "smtp.too_many_recipients", ErrorKind::refused,
       true},
      {Stage::rcpt, "550 5.1.1 <a@b>: Recipient address rejected: User unknown",
       "smtp.unknown_recipient", ErrorKind::refused},
      {Stage::rcpt, "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "smtp.unknown_recipient",
       ErrorKind::refused},
      {Stage::rcpt, "550 User unknown", "smtp.unknown_recipient", ErrorKind::refused},
      {Stage::rcpt, "554 5.7.1 <a@b>: Relay access denied", "smtp.relay_denied",
       ErrorKind::refused},
      {Stage::rcpt, "554 5.7.1 spam", "smtp.taken_for_spam", ErrorKind::refused},
      {Stage::rcpt, "554 5.7.1 no", "smtp.policy_refused", ErrorKind::refused},
      {Stage::rcpt, "550 no", "smtp.recipient_refused", ErrorKind::refused},
      {Stage::mail, "550 no", "smtp.sender_refused", ErrorKind::refused},
      {Stage::body, "554 no", "smtp.message_refused", ErrorKind::refused},
      {Stage::body, "451 4.3.0 queue file write error", "smtp.try_later", ErrorKind::refused, true},
      {Stage::mail, "452 4.3.1 Insufficient system storage", "smtp.try_later", ErrorKind::refused,
       true},
      {Stage::rcpt, "553 5.6.7 SMTPUTF8 required", "smtp.no_utf8", ErrorKind::unsupported},
      {Stage::starttls, "454 TLS not available due to temporary reason", "smtp.tls_unavailable",
       ErrorKind::tls, true},
  };
  for (const Row& row : rows) {
    Error error = cause(row.line, row.stage);
    EXPECT_EQ(error.code(), row.code) << row.line;
    EXPECT_EQ(error.kind(), row.kind) << row.line;
    EXPECT_EQ(error.transient(), row.transient) << row.line;
    EXPECT_FALSE(error.message().empty() || error.message().ends_with('.')) << row.line;
    EXPECT_FALSE(error.hint().empty()) << row.line;
    EXPECT_TRUE(error.server_text().starts_with(row.line.substr(0, 3))) << row.line;
  }
}

TEST(ReplyCause, KnowsTheProvidersOwnWords) {
  struct Row {
    Stage stage;
    std::string_view line;
    std::string_view code;
    ErrorKind kind;
    bool transient = false;
  };
  const Row rows[] = {
      // Exchange Online and Exchange
      {Stage::auth,
       "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be "
       "authenticated successfully. Contact your administrator.",
       "auth.policy_refused", ErrorKind::auth},
      {Stage::auth,
       "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
       "Mailbox. Visit https://aka.ms/smtp_auth_disabled",
       "auth.smtp_auth_disabled", ErrorKind::auth},
      {Stage::mail, "535 5.7.139 Authentication unsuccessful, user is locked",
       "auth.policy_refused", ErrorKind::auth},
      {Stage::body, "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiException",
       "smtp.send_as_denied", ErrorKind::auth},
      {Stage::body,
       "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; "
       "Failed to process message due to a permanent exception",
       "smtp.daily_limit", ErrorKind::throttled, true},
      {Stage::body, "554 5.2.0 STOREDRV.Deliver.Exception:QuotaExceededException",
       "smtp.daily_limit", ErrorKind::throttled, true},
      {Stage::body, "554 5.2.2 mailbox full; STOREDRV.Submission", "smtp.mailbox_full",
       ErrorKind::refused},
      {Stage::body, "550 5.1.8 Access denied, bad outbound sender. AS(42004)",
       "smtp.outbound_blocked", ErrorKind::auth},
      {Stage::body, "550 5.7.705 Access denied, tenant has exceeded threshold",
       "smtp.outbound_blocked", ErrorKind::auth},
      {Stage::rcpt, "550 5.7.64 TenantAttribution; Relay Access Denied", "smtp.relay_denied",
       ErrorKind::refused},
      {Stage::rcpt, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
       "smtp.relay_denied", ErrorKind::refused},
      {Stage::rcpt, "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
       "smtp.unknown_recipient", ErrorKind::refused},
      {Stage::rcpt, "550 5.2.121 RESOLVER.ADR.RecipLimit; too many", "smtp.recipient_rate",
       ErrorKind::throttled, true},
      {Stage::mail, "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)",
       "smtp.throttled", ErrorKind::throttled, true},
      {Stage::mail, "421 4.3.2 Service not available, closing transmission channel",
       "smtp.unavailable", ErrorKind::throttled, true},
      {Stage::mail, "452 4.3.1 Insufficient system resources", "smtp.try_later", ErrorKind::refused,
       true},
      {Stage::body, "550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds",
       "smtp.content_form", ErrorKind::refused},
      {Stage::body, "554 5.4.14 Hop count exceeded - possible mail loop ATTR34", "smtp.mail_loop",
       ErrorKind::refused},
      // Gmail
      {Stage::body, "421 4.7.28 Gmail has detected an unusual rate of mail - gsmtp",
       "smtp.throttled", ErrorKind::throttled, true},
      {Stage::body,
       "550-5.7.26 Unauthenticated email from example.com is not accepted due to\r\n"
       "550 5.7.26 domain's DMARC policy. - gsmtp",
       "smtp.sender_not_proved", ErrorKind::refused},
      {Stage::body, "550-5.4.5 Daily user sending limit exceeded. For more\r\n550 5.4.5 x - gsmtp",
       "smtp.daily_limit", ErrorKind::throttled, true},
      {Stage::body, "452 4.5.3 Your message has too many recipients. - gsmtp",
       "smtp.too_many_recipients", ErrorKind::refused, true},
      {Stage::body,
       "550-5.7.1 [192.0.2.1] Our system has detected that this message is likely\r\n"
       "550 5.7.1 unsolicited mail, spam. - gsmtp",
       "smtp.taken_for_spam", ErrorKind::refused},
      // Yahoo, iCloud, Zoho, Yandex, QQ, 163, GMX, Fastmail
      {Stage::body, "553 5.7.1 From address not verified - see http://help.yahoo.example",
       "smtp.sender_unverified", ErrorKind::auth},
      {Stage::body, "550 5.7.0 From address is not one of your addresses.", "smtp.send_as_denied",
       ErrorKind::auth},
      {Stage::auth, "535 5.7.8 Error: app-specific password required", "auth.app_password_required",
       ErrorKind::auth},
      {Stage::rcpt, "553 5.7.1 Relaying disallowed as me@example.com", "smtp.send_as_denied",
       ErrorKind::auth},
      {Stage::body, "550 5.4.6 Unusual sending activity detected. Please try after sometime",
       "smtp.outbound_blocked", ErrorKind::auth},
      {Stage::auth,
       "535 5.7.8 Error: authentication failed: This user does not have access rights to this "
       "service",
       "auth.service_disabled", ErrorKind::auth},
      {Stage::auth, "535 Login Fail. Please enter your authorization code to login. More",
       "auth.app_password_required", ErrorKind::auth},
      {Stage::auth, "550 User has no permission", "auth.service_disabled", ErrorKind::auth},
      {Stage::mail, "553 Mail from must equal authorized user", "smtp.send_as_denied",
       ErrorKind::auth},
      {Stage::mail, "501 mail from address must be same as authorization user",
       "smtp.send_as_denied", ErrorKind::auth},
      {Stage::body, "554 DT:SPM 163 smtp1,D9GowACH", "smtp.taken_for_spam", ErrorKind::refused},
      {Stage::body,
       "550-Requested action not taken: mailbox unavailable\r\n"
       "550 Sender address is not allowed.",
       "smtp.send_as_denied", ErrorKind::auth},
      {Stage::body, "551 5.7.1 Not authorised to send from this header address",
       "smtp.send_as_denied", ErrorKind::auth},
      // Amazon SES, SendGrid
      {Stage::body,
       "554 Message rejected: Email address is not verified. The following identities failed the "
       "check in region EU-WEST-1: me@example.com",
       "smtp.sender_unverified", ErrorKind::auth},
      {Stage::body, "454 Throttling failure: Maximum sending rate exceeded.", "smtp.throttled",
       ErrorKind::throttled, true},
      {Stage::body, "454 Throttling failure: Daily message quota exceeded.", "smtp.daily_limit",
       ErrorKind::throttled, true},
      {Stage::body, "550 The from address does not match a verified Sender Identity.",
       "smtp.sender_unverified", ErrorKind::auth},
      {Stage::auth, "451 Authentication failed: Maximum credits exceeded", "smtp.daily_limit",
       ErrorKind::throttled, true},
      // Postfix, Exim, Sendmail, Courier, hMailServer, Domino
      {Stage::rcpt, "454 4.7.1 <a@b>: Relay access denied", "smtp.relay_denied", ErrorKind::refused,
       true},
      {Stage::mail, "553 5.7.1 <me@b>: Sender address rejected: not logged in", "auth.required",
       ErrorKind::auth},
      {Stage::rcpt, "450 4.7.1 Error: too much mail from 192.0.2.1", "smtp.throttled",
       ErrorKind::throttled, true},
      {Stage::rcpt, "450 4.7.1 <a@b>: Recipient address rejected: Please try again later",
       "smtp.greylisted", ErrorKind::refused, true},
      {Stage::rcpt, "451 4.7.1 Greylisting in action, please come back in 00:04:59",
       "smtp.greylisted", ErrorKind::refused, true},
      {Stage::greeting, "421 Too many concurrent SMTP connections; please try again later.",
       "smtp.too_many_connections", ErrorKind::throttled, true},
      {Stage::rcpt, "550 relay not permitted", "smtp.relay_denied", ErrorKind::refused},
      {Stage::mail, "553 5.1.8 <a@b>... Domain of sender address a@b does not exist",
       "smtp.sender_refused", ErrorKind::refused},
      {Stage::rcpt, "550 5.7.1 <a@b>... Relaying denied. Proper authentication required.",
       "auth.required", ErrorKind::auth},
      {Stage::rcpt, "513 Relaying denied.", "smtp.relay_denied", ErrorKind::refused},
      {Stage::rcpt, "550 Delivery is not allowed to this address.", "smtp.relay_denied",
       ErrorKind::refused},
      {Stage::mail, "530 SMTP authentication is required.", "auth.required", ErrorKind::auth},
      {Stage::rcpt, "554 Relay rejected for policy reasons.", "smtp.relay_denied",
       ErrorKind::refused},
      {Stage::body, "554 5.6.0 Invalid message content", "smtp.content_form", ErrorKind::refused},
      {Stage::rcpt, "550 5.2.1 mailbox disabled", "smtp.recipient_disabled", ErrorKind::refused},
      {Stage::rcpt, "556 5.1.10 recipient domain has a null MX", "smtp.unknown_recipient",
       ErrorKind::refused},
      // The code wins over an enhanced code of another class.
      {Stage::rcpt, "450 5.1.1 <a@b>: User unknown", "smtp.try_later", ErrorKind::refused, true},
      {Stage::rcpt, "550 4.7.1 come back", "smtp.recipient_refused", ErrorKind::refused},
      {Stage::rcpt, "550-no\r\n554 5.1.1 gone", "smtp.unknown_recipient", ErrorKind::refused},
  };
  for (const Row& row : rows) {
    Error error = cause(row.line, row.stage);
    EXPECT_EQ(error.code(), row.code) << row.line;
    EXPECT_EQ(error.kind(), row.kind) << row.line;
    EXPECT_EQ(error.transient(), row.transient) << row.line;
    EXPECT_FALSE(error.hint().empty()) << row.line;
    // Throttling is never the message's failure: it says when to come back.
    if (error.kind() == ErrorKind::throttled) {
      EXPECT_TRUE(error.transient() && error.retry_after()) << row.line;
    }
  }
}

TEST(ReplyCause, WaitsAsLongAsTheServerSays) {
  Error named = cause("450 4.2.0 Greylisted, please come back in 00:10:00", Stage::rcpt);
  EXPECT_EQ(named.retry_after(), std::chrono::minutes(10));
  Error unnamed = cause("450 4.2.0 Greylisted", Stage::rcpt);
  EXPECT_EQ(unnamed.retry_after(), std::chrono::minutes(5));
  Error permanent = cause("550 5.1.1 gone, retry in 5 minutes", Stage::rcpt);
  EXPECT_EQ(permanent.retry_after(), std::nullopt);
}

TEST(ReplyCause, NamesTheCureOfTheSwitchedOffSmtp) {
  Error error =
      cause("535 5.7.139 x, SmtpClientAuthentication is disabled for the Mailbox.", Stage::auth);
  EXPECT_TRUE(error.hint().contains("Set-CASMailbox")) << error.hint();
  EXPECT_TRUE(error.hint().contains("-SmtpClientAuthenticationDisabled $false")) << error.hint();
}

TEST(ReplyCause, HasAnAnswerForEveryCodeAtEveryStage) {
  for (int code = 400; code < 600; ++code) {
    for (unsigned bit = 1; bit <= static_cast<unsigned>(Stage::reset); bit <<= 1) {
      Stage stage = static_cast<Stage>(bit);
      Error error = cause(std::to_string(code) + " x", stage);
      bool is_permanent_4xx = error.kind() == ErrorKind::auth || error.kind() == ErrorKind::tls;
      EXPECT_TRUE(error.transient() == (code < 500) || is_permanent_4xx)
          << code << to_string(stage) << error.code();
      EXPECT_EQ(error.session_usable() && code == 421, false);
    }
  }
}

TEST(ReplyCause, KeepsTheServersWordsHarmless) {
  Error error = cause("550 \x1b[2J\xE2\x80\xAE evil", Stage::rcpt);
  EXPECT_FALSE(error.server_text().contains('\x1b'));
}

}  // namespace
}  // namespace postroom::smtp
