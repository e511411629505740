#include "imap/client/refusal.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;

// Case does not matter.
bool says(std::string_view text, std::string_view phrase) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return !std::ranges::search(text, phrase, {}, lower, lower).empty();
}

// Exchange Online: "Request is throttled. Suggested Backoff Time: 299961 milliseconds".
std::optional<milliseconds> suggested_delay(std::string_view text) {
  auto at = text.find("Backoff Time");
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at);
  auto from = text.find_first_of("0123456789");
  if (from == std::string_view::npos) return std::nullopt;
  auto digits = text.substr(from, text.find_first_not_of("0123456789", from) - from);
  auto n = base::to_number(digits);
  constexpr std::uint64_t longest = 24ull * 3600 * 1000;  // an hour is the most that was seen
  if (!n) return std::nullopt;
  return milliseconds(std::min(*n, longest));
}

std::optional<Error> throttled(const wire::Status& status) {
  bool named = status.code.is("LIMIT") || status.code.is("THROTTLED") ||
               says(status.text, "throttled") || says(status.text, "Backoff Time") ||
               says(status.text, "exceeded command or bandwidth limits") ||
               says(status.text, "too many simultaneous connections") ||
               says(status.text, "rate limit") || says(status.text, "too many connections") ||
               says(status.text, "maximum number of connections");
  if (!named) return std::nullopt;
  Error error(ErrorKind::throttled, "imap.throttled", "the server asks us to slow down",
              "wait and try again; use fewer sessions on this account at the same time");
  error.set_transient(true).set_server_text(status.text);
  if (auto delay = suggested_delay(status.text)) error.set_retry_after(*delay);
  return error;
}

std::optional<Error> unavailable(const wire::Status& status) {
  if (!status.code.is("UNAVAILABLE") && !status.code.is("SERVERBUG") && !status.code.is("INUSE") &&
      !says(status.text, "Server Unavailable") && !says(status.text, "temporarily unavailable") &&
      !says(status.text, "Temporary authentication failure")) {
    return std::nullopt;
  }
  Error error(ErrorKind::network, "imap.unavailable",
              "the mail server cannot serve this account right now", "try again later");
  error.set_transient(true).set_server_text(status.text);
  return error;
}

std::optional<Error> not_connected(const wire::Status& status) {
  if (!says(status.text, "authenticated but not connected")) return std::nullopt;
  Error error(ErrorKind::auth, "auth.mailbox_refused",
              "sign-in worked, but the server does not open the mailbox",
              "check that the mailbox exists and is licensed, that IMAP is enabled for it, and "
              "that this user or "
              "application has full access to it");
  error.set_server_text(status.text);
  return error;
}

}  // namespace

Error refusal_error(const wire::Status& status, std::string_view command) {
  if (auto error = throttled(status)) return error->set_session_usable(true);
  if (auto error = not_connected(status)) return *error;
  if (auto error = unavailable(status)) return error->set_session_usable(true);
  auto make = [&](ErrorKind kind, std::string_view code, std::string message, std::string hint) {
    Error error(kind, code, std::move(message), std::move(hint));
    error.set_server_text(status.text).set_session_usable(true);
    return error;
  };
  const wire::Code& code = status.code;
  if (code.is("TRYCREATE")) {
    return make(ErrorKind::not_found, "imap.no_such_folder", "the target folder does not exist",
                "create the folder first, or let the step create it (create: true)");
  }
  if (code.is("NONEXISTENT") || says(status.text, "Mailbox doesn't exist") ||
      says(status.text, "Unknown Mailbox") || says(status.text, "mailbox does not exist")) {
    return make(ErrorKind::not_found, "imap.no_such_folder", "the folder does not exist",
                "check the folder's name with list_folders");
  }
  if (code.is("OVERQUOTA")) {
    return make(ErrorKind::refused, "imap.over_quota", "the mailbox is full",
                "make room in the mailbox");
  }
  if (code.is("NOPERM")) {
    return make(ErrorKind::auth, "imap.no_permission",
                "this user has no right to do that in the folder",
                "ask the folder's owner or an administrator for the right");
  }
  if (code.is("ALREADYEXISTS")) {
    return make(ErrorKind::refused, "imap.already_exists", "the folder exists already", "");
  }
  if (code.is("AUTHENTICATIONFAILED") || code.is("AUTHORIZATIONFAILED") || code.is("EXPIRED")) {
    return sign_in_error(status);
  }
  if (status.condition == wire::Condition::bad) {
    return make(ErrorKind::unsupported, "imap.bad_command",
                fmt::format("the server does not accept the command {}", command),
                "the server's own words are below; report this with a transcript");
  }
  return make(ErrorKind::refused, "imap.refused", fmt::format("the server refused {}", command),
              "");
}

Error sign_in_error(const wire::Status& status) {
  if (auto error = throttled(status)) return *error;
  if (auto error = unavailable(status)) return *error;
  auto make = [&](std::string_view code, std::string message, std::string hint) {
    Error error(ErrorKind::auth, code, std::move(message), std::move(hint));
    error.set_server_text(status.text);
    return error;
  };
  std::string_view text = status.text;
  if (auto error = not_connected(status)) return *error;
  if (says(text, "Application-specific password required") || says(text, "app password")) {
    return make("auth.app_password_required",
                "the server wants an app password, not the account's own",
                "make an app password in the account's security settings");
  }
  if (says(text, "web browser") || says(text, "Web login required") || status.code.is("WEBALERT")) {
    return make("auth.web_login_required", "the provider wants a sign-in in a web browser first",
                "sign in once in a browser and confirm the new device, then try again");
  }
  if (says(text, "Basic authentication is disabled") || says(text, "BasicAuthBlocked") ||
      status.code.is("PRIVACYREQUIRED")) {
    return make("auth.password_disabled", "the server does not accept passwords for this account",
                "OAuth 2.0 is needed, which this version cannot do yet");
  }
  if (says(text, "AccessTokenExpired")) {
    Error error = make("auth.token_expired", "the access token has run out",
                       "sign in again with a new token");
    error.set_transient(true);
    return error;
  }
  if (status.code.is("EXPIRED")) {
    return make("auth.password_expired", "the password has run out", "set a new password");
  }
  if (status.code.is("AUTHORIZATIONFAILED")) {
    return make("auth.not_authorized", "the user may not act for the requested mailbox",
                "ask an administrator for access to the mailbox");
  }
  if (status.code.is("CONTACTADMIN")) {
    return make("auth.contact_admin",
                "the server refuses sign-in until an administrator has looked at the account",
                "contact the administrator");
  }
  return make("auth.wrong_password", "the server refused user name or password",
              "check user name and password; many providers want an app password");
}

Error bye_error(const wire::Status& status) {
  if (auto error = throttled(status)) return *error;
  bool expired = says(status.text, "AccessTokenExpired");
  Error error(ErrorKind::network, expired ? "imap.token_expired" : "imap.bye",
              expired ? "the server ended the session because the access token has run out"
                      : "the server ended the connection",
              "try again");
  error.set_transient(true).set_server_text(status.text);
  return error;
}

}  // namespace postroom::imap
