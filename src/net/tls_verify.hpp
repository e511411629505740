// What is noticed about one connection while OpenSSL shakes hands, and the check of pinned keys.
// The same for our streams and for libcurl. Internal to net/.
#pragma once

#include <string>
#include <vector>

#include <openssl/ssl.h>

namespace postroom::net {

struct TlsNotes {
  bool asked_for_certificate = false;  // the server wants one of ours
  long verdict = 0;                    // X509_V_OK, or why the certificate was refused
  std::string key_seen;                // base64 SHA-256 of the server's key; set with pins only
};

// Where the notes of a connection go; they outlive it. The connection's own place counts before its
// context's.
void keep_notes(SSL* ssl, TlsNotes* notes);
void keep_notes(SSL_CTX* context, TlsNotes* notes);

// Verification by authorities, with the verdict noted.
void verify_by_authorities(SSL_CTX* context);

// Verification by pins instead of by authorities, after verify_by_authorities. `pins` outlives the
// context.
void verify_by_pins(SSL_CTX* context, const std::vector<std::string>& pins);

// Has the context note that the server asks for a certificate.
void note_certificate_requests(SSL_CTX* context);

// The host or address that the certificate has to name, on a connection or a context; SNI is not
// set. False when it cannot be one.
bool expect_name(X509_VERIFY_PARAM* checks, const std::string& host);

// Is it an address literal, for which no SNI is sent?
bool is_address(const std::string& host);

}  // namespace postroom::net
