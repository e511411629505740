#include "auth/sasl_refusal.hpp"

#include "base/text.hpp"

namespace postroom::auth {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::string_view who_opens_tls =
    "a proxy, a security appliance or an attacker ends the encryption before the mail server: ask "
    "the administrator which, and do not give the password away meanwhile";

Error binding_error(std::string message, std::string hint) {
  return Error(ErrorKind::auth, "auth.channel_binding", std::move(message), std::move(hint));
}

Error other_connection() {
  return binding_error(
      "the mail server is at the end of another encrypted connection than ours: somebody in "
      "between reads along",
      std::string(who_opens_tls));
}

bool is_bound_name(std::string_view name) { return base::ascii_lower(name).ends_with("-plus"); }

}  // namespace

bool shows_password(std::string_view mechanism) {
  return base::ascii_iequals(mechanism, "PLAIN") || base::ascii_iequals(mechanism, "LOGIN");
}

std::vector<std::string> mechanisms_after(std::span<const std::string> offered,
                                          const SaslMechanism& refused) {
  std::vector<std::string> left;
  const bool password_was_shown = refused.has_proved() && shows_password(refused.name());
  if (refused.has_proved() && !password_was_shown) return left;
  for (const std::string& name : offered) {
    if (base::ascii_iequals(name, refused.name())) continue;
    if (password_was_shown && !shows_password(name)) continue;
    // -PLUS is one ability: a server that lacks it for one hash does not have it for the other.
    if (refused.is_bound() && (is_bound_name(name) || shows_password(name))) continue;
    left.push_back(name);
  }
  return left;
}

std::optional<Error> scram_refusal(std::string_view reason) {
  if (reason == "channel-bindings-dont-match") return other_connection();
  if (reason == "server-does-support-channel-binding") {
    return binding_error("the server's safest sign-in was taken out of its list on the way to us",
                         std::string(who_opens_tls));
  }
  if (reason == "channel-binding-not-supported" || reason == "unsupported-channel-binding-type") {
    return binding_error(
        "the server offers to check the encrypted connection and then cannot do it for this "
        "version of TLS",
        "tell the server's administrator: SCRAM-PLUS needs tls-exporter (RFC 9266)");
  }
  if (reason == "invalid-proof" || reason == "unknown-user") {
    return Error(ErrorKind::auth, "auth.wrong_password", "the server refused user name or password",
                 "check user name and password; many providers want an app password");
  }
  return std::nullopt;
}

Error explain_refusal(const SaslMechanism& mechanism, Error refusal) {
  if (refusal.code() != "auth.wrong_password") return refusal;
  const std::string text = base::ascii_lower(refusal.server_text());
  if (mechanism.is_bound() &&
      (text.contains("channel binding") || text.contains("channel-binding"))) {
    return other_connection().set_server_text(refusal.server_text());
  }
  if (mechanism.is_bound()) {
    refusal.set_hint(refusal.hint() +
                     "; if they are right, something between here and the server may open the "
                     "encryption, which this sign-in (" +
                     std::string(mechanism.name()) + ") does not allow");
  }
  return refusal;
}

}  // namespace postroom::auth
