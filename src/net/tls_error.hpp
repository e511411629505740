// Words for what can be wrong with a peer's certificate, with ours, or with its first bytes. Pure.
// Internal to net/.
#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "net/connector.hpp"
#include "net/tls_verify.hpp"

namespace postroom::net {

// How a handshake ended, as OpenSSL and the system tell it.
struct HandshakeEnd {
  unsigned long openssl_error = 0;
  long verdict = 0;     // SSL_get_verify_result's
  bool is_cut = false;  // the connection ended below TLS
  std::string cause;    // in words, for what has none of its own here
};

// Who the peer has to be, and what was shown to it.
struct HandshakeSide {
  std::string host;
  std::string peer;  // "host:port"
  TlsMode mode = TlsMode::implicit;
  bool showed_certificate = false;  // the policy has one
};

base::Error handshake_error(const HandshakeEnd& end, const HandshakeSide& side,
                            const TlsNotes& notes);

// The server's alert about our certificate, which under TLS 1.3 comes after the handshake; nothing
// when the error is not one.
std::optional<base::Error> client_certificate_error(unsigned long openssl_error,
                                                    const HandshakeSide& side,
                                                    const TlsNotes& notes);

// `verdict` is SSL_get_verify_result's. `host` was the name asked for; `key_seen` the digest of the
// key shown, where pins were checked.
base::Error certificate_error(long verdict, const std::string& host, const std::string& key_seen);

// The peer's first bytes were not TLS.
base::Error not_tls_error(const std::string& peer, TlsMode mode);

}  // namespace postroom::net
