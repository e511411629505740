// Words for what can be wrong with a peer's certificate or its first bytes. Pure. Internal to net/.
#pragma once

#include <string>

#include "base/error.hpp"
#include "net/connector.hpp"

namespace postroom::net {

// `verdict` is SSL_get_verify_result's. `host` was the name asked for.
base::Error certificate_error(long verdict, const std::string& host);

// The peer's first bytes were not TLS.
base::Error not_tls_error(const std::string& peer, TlsMode mode);

// `cause` in OpenSSL's words, or a sentence.
base::Error handshake_failure(const std::string& peer, const std::string& cause);

}  // namespace postroom::net
