// Our own certificate, shown to servers that ask for one. Internal to net/.
#pragma once

#include <openssl/ssl.h>

#include "net/tls_policy.hpp"

namespace postroom::net {

// Loads the policy's certificate, chain and key, if it names any. Throws Error{config} with code
// tls.bad_client_certificate or tls.bad_client_key (unreadable, under a passphrase, of another
// certificate). Warns of a key that others on this machine can read.
void use_client_certificate(SSL_CTX* context, const TlsPolicy& policy);

}  // namespace postroom::net
