// The certificates that this system trusts, looked up when they are needed: parsing the whole
// bundle (some 150 certificates) takes 50 to 90 ms, which every short run would pay. Internal to
// net/; usable from several threads.
#pragma once

#include <openssl/x509_vfy.h>

namespace postroom::net {

// Lets `store` find the system's certificates: in the hashed folder one file for the issuer asked
// for; in the bundle, which is parsed once for the process, only when the folder has none. The
// places are OpenSSL's: SSL_CERT_DIR and SSL_CERT_FILE, else its own.
void add_system_trust(X509_STORE* store);

}  // namespace postroom::net
