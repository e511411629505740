#include "imap/client/refusal.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "imap/client/refusal_table.hpp"

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
  constexpr std::string_view words = "backoff time";
  const std::string lower = base::ascii_lower(text);
  const auto at = lower.find(words);
  if (at == std::string::npos) return std::nullopt;
  text.remove_prefix(at + words.size());
  auto from = text.find_first_not_of(":= \t");
  if (from == std::string_view::npos) return std::nullopt;
  auto digits = text.substr(from, text.find_first_not_of("0123456789", from) - from);
  auto n = base::to_number(digits);
  constexpr std::uint64_t longest = 24ull * 3600 * 1000;  // an hour is the most that was seen
  if (!n) return std::nullopt;
  return milliseconds(std::min(*n, longest));
}

bool fits(const RefusalRow& row, const wire::Status& status, Heard heard) {
  if ((static_cast<unsigned>(row.heard) & static_cast<unsigned>(heard)) == 0) return false;
  auto is_code = [&](std::string_view code) { return !code.empty() && status.code.is(code); };
  auto is_said = [&](std::string_view phrase) {
    return !phrase.empty() && says(status.text, phrase);
  };
  return std::ranges::any_of(row.response_codes, is_code) ||
         std::ranges::any_of(row.phrases, is_said);
}

std::optional<Error> known_refusal(const wire::Status& status, Heard heard) {
  for (const RefusalRow& row : refusal_table()) {
    if (!fits(row, status, heard)) continue;
    Error error(row.kind, row.code, std::string(row.message), std::string(row.hint));
    error.set_server_text(status.text);
    error.set_transient(row.retry == RefusalRow::Retry::may_succeed);
    error.set_session_usable(heard == Heard::command && row.session == RefusalRow::Session::usable);
    if (row.retry_after > std::chrono::seconds(0)) error.set_retry_after(row.retry_after);
    if (auto delay = suggested_delay(status.text)) error.set_retry_after(*delay);
    return error;
  }
  return std::nullopt;
}

}  // namespace

Error refusal_error(const wire::Status& status, std::string_view command) {
  if (auto error = known_refusal(status, Heard::command)) return *error;
  const bool is_bad = status.condition == wire::Condition::bad;
  Error error = is_bad ? Error(ErrorKind::unsupported, "imap.bad_command",
                               fmt::format("the server does not accept the command {}", command),
                               "the server's own words are below; report this with a transcript")
                       : Error(ErrorKind::refused, "imap.refused",
                               fmt::format("the server refused {}", command), "");
  return error.set_server_text(status.text).set_session_usable(true);
}

Error sign_in_error(const wire::Status& status) {
  if (status.code.is("REFERRAL")) {  // RFC 2221: never followed, the password would go with it
    Error error(ErrorKind::auth, "auth.referral",
                "the server says that the mailbox is on another server",
                "if the other server's name is right, write it into host");
    return error.set_server_text(fmt::format("{} {}", status.code.arguments, status.text));
  }
  if (auto error = known_refusal(status, Heard::sign_in)) return *error;
  Error error(ErrorKind::auth, "auth.wrong_password", "the server refused user name or password",
              "check user name and password; many providers want an app password");
  return error.set_server_text(status.text);
}

Error bye_error(const wire::Status& status) {
  if (auto error = known_refusal(status, Heard::bye)) return *error;
  const bool is_silent = status.text.empty();
  Error error(ErrorKind::network, "imap.bye",
              is_silent ? "the server ended the connection without saying why"
                        : "the server ended the connection",
              is_silent ? "try again in some minutes; Yahoo does so when an account has too many "
                          "connections"
                        : "try again");
  return error.set_transient(true).set_server_text(status.text);
}

}  // namespace postroom::imap
