#include "auth/scram.hpp"

#include "auth/sasl_refusal.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace postroom::auth {

using base::Error;
using base::ErrorKind;

void throw_bad_challenge(std::string message) {
  throw Error(ErrorKind::auth, "auth.bad_challenge", std::move(message),
              "the server's sign-in is broken or hostile: check the host name, or ask the server's "
              "administrator");
}

void throw_server_not_verified() {
  throw Error(ErrorKind::auth, "auth.server_not_verified",
              "the server could not prove that it knows the password: it may be an impostor",
              "check the host name and the certificate; do not send the password to this server "
              "by another mechanism");
}

std::string_view scram_attribute(std::string_view message, char name) {
  for (std::string_view attribute : base::split(message, ',')) {
    if (attribute.size() >= 2 && attribute[0] == name && attribute[1] == '=')
      return attribute.substr(2);
  }
  return {};
}

void check_scram_challenge(std::string_view challenge) {
  if (challenge.starts_with("e=")) {
    const std::string_view reason = scram_attribute(challenge, 'e');
    if (auto error = scram_refusal(reason)) throw *error;
    return;
  }
  const auto iterations = base::to_number(scram_attribute(challenge, 'i'));
  if (iterations && *iterations > sasl_limits.scram_iterations) {
    throw_bad_challenge("the server asks for " + std::to_string(*iterations) +
                        " rounds of key derivation, more than " +
                        std::to_string(sasl_limits.scram_iterations));
  }
}

}  // namespace postroom::auth
