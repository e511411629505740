#include "net/tls_error.hpp"

#include <openssl/x509_vfy.h>

namespace postroom::net {

using base::Error;
using base::ErrorKind;

Error certificate_error(long verdict, const std::string& host) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {ErrorKind::tls, "tls.expired", "the certificate of " + host + " has expired",
              "the server's owner must renew it; if it is new, check this machine's clock"};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {ErrorKind::tls, "tls.not_yet_valid",
              "the certificate of " + host + " is not valid yet", "check this machine's clock"};
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return {ErrorKind::tls, "tls.self_signed",
              "the certificate of " + host + " is signed by itself",
              "if this server is yours, save its certificate to a file and name that file in "
              "tls_ca"};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {ErrorKind::tls, "tls.wrong_name", "the certificate is not for " + host,
              "use the host name that the certificate was issued for: the provider's settings page "
              "names it"};
    default: {
      Error error(ErrorKind::tls, "tls.untrusted",
                  "nobody trusted vouches for the certificate of " + host + ": " +
                      X509_verify_cert_error_string(verdict),
                  "install the issuer's CA certificate, or name its PEM file in tls_ca; "
                  "behind a proxy that "
                  "inspects TLS it is the proxy's CA");
      return error;
    }
  }
}

Error not_tls_error(const std::string& peer, TlsMode mode) {
  if (mode == TlsMode::starttls) {
    return {ErrorKind::tls, "tls.not_tls", peer + " agreed to STARTTLS and then did not speak TLS",
            "something between here and the server tampers with STARTTLS: use the port for "
            "implicit TLS (tls: implicit)"};
  }
  return {ErrorKind::tls, "tls.not_tls", peer + " does not speak TLS from the first byte",
          "set tls: starttls for this port, or use the port for implicit TLS (993 IMAP, 995 POP3, "
          "465 SMTP)"};
}

Error handshake_failure(const std::string& peer, const std::string& cause) {
  return {ErrorKind::tls, "tls.handshake", "the TLS handshake with " + peer + " failed: " + cause,
          "the server must offer TLS 1.2 or newer; if the port expects plain text first, set tls: "
          "starttls"};
}

}  // namespace postroom::net
