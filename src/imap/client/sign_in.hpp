// Signing in with a user name and a password: which command, which mechanism, and what comes next
// when the server does not know what it offered.
#pragma once

#include "auth/sasl.hpp"
#include "imap/client/client.hpp"

namespace postroom::imap {

// By the strongest mechanism that both have, LOGIN if there is none. A mechanism that the server
// answers with BAD is left out and the next one tried, as long as that gives away nothing more
// (auth/sasl_refusal.hpp). Throws Error{auth}: auth.wrong_password, auth.channel_binding,
// auth.server_not_verified and the rest of refusal.hpp; Error{tls, "tls.required"} before any
// credential byte; Error{unsupported, "auth.no_authzid"}.
Task<void> sign_in(Client& client, auth::Credentials credentials);

}  // namespace postroom::imap
