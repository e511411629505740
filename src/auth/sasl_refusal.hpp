// What a refused sign-in means for the next attempt, and what it means for the user.
//
// Knows: mechanisms. Does not know: the protocol that refused.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/sasl.hpp"
#include "base/error.hpp"

namespace postroom::auth {

// By this mechanism the server gets to see the password.
bool shows_password(std::string_view mechanism);

// What may still be tried on this connection when the server does not know `refused`, although it
// offers it (IMAP: BAD; SMTP: 500 to 504). Nothing once a proof or a password has left: a wrong
// password is wrong by every mechanism, and an impostor who could not answer the strong one would
// be handed the password by the weak one; only what showed the password to the server anyway
// (PLAIN) may be followed by its like. Behind a -PLUS mechanism only SCRAM follows, whose flag
// tells an honest server that its offer was lost.
std::vector<std::string> mechanisms_after(std::span<const std::string> offered,
                                          const SaslMechanism& refused);

// The protocol's own error for a refused sign-in, with what the mechanism adds to it: Error{auth,
// "auth.channel_binding"} where the server's words say that it saw another TLS connection than we
// did; elsewhere that this is possible.
base::Error explain_refusal(const SaslMechanism& mechanism, base::Error refusal);

// The error for a reason in SCRAM's server-final message ("channel-bindings-dont-match"); nothing
// for one that says nothing.
std::optional<base::Error> scram_refusal(std::string_view reason);

}  // namespace postroom::auth
