// STARTTLS (RFC 9051 section 6.2.1).
#pragma once

#include "imap/client/client.hpp"

namespace postroom::imap {

// Encrypted when it returns, and capabilities forgotten: they were said without protection. Throws
// Error{tls}: tls.not_offered, tls.refused, tls.preauth (signed in before TLS: somebody may be in
// between, RFC 8314 section 5.1), tls.injected.
Task<void> start_tls(Client& client);

}  // namespace postroom::imap
