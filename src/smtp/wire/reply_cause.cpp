#include "smtp/wire/reply_cause.hpp"

#include "base/text.hpp"
#include "smtp/wire/reply_causes.hpp"
#include "smtp/wire/wait_hint.hpp"

namespace postroom::smtp {
namespace {

using base::Error;
using base::ErrorKind;

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
  auto cause = reply_causes().begin();
  while (!matches(*cause, refusal, stage, lower_text)) ++cause;  // the last row matches everything
  const Advice& found = cause->advice;
  Error error(found.kind, found.error_code, std::string(found.message), std::string(found.hint));
  error.set_server_text(text);
  error.set_transient(cause->again == Again::later);
  if (cause->retry_after > std::chrono::seconds(0)) error.set_retry_after(cause->retry_after);
  if (cause->again == Again::later) {
    if (auto named = parse_wait(lower_text)) error.set_retry_after(*named);
  }
  constexpr unsigned before_mail = at(Stage::greeting) | at(Stage::starttls) | at(Stage::auth);
  error.set_session_usable(refusal.code != 421 && (at(stage) & before_mail) == 0);
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
