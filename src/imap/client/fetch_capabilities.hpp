// CAPABILITY (RFC 9051 section 6.1.1).
#pragma once

#include "imap/client/client.hpp"

namespace postroom::imap {

// Asks unless the server has said already, in its greeting or with an OK. Call it again after
// start_tls and sign-in: both make the client forget.
Task<void> fetch_capabilities(Client& client);

}  // namespace postroom::imap
