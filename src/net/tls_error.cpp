#include "net/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace postroom::net {

using base::Error;
using base::ErrorKind;

namespace {

bool is_not_tls(int reason) {
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
         reason == SSL_R_HTTPS_PROXY_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG ||
         reason == SSL_R_BAD_RECORD_TYPE;
}

int ssl_reason(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
}

Error handshake_failure(const std::string& peer, const std::string& cause) {
  return {ErrorKind::tls, "tls.handshake", "the TLS handshake with " + peer + " failed: " + cause,
          "the server must offer TLS 1.2 or newer; if the port expects plain text first, set tls: "
          "starttls"};
}

Error certificate_required(const HandshakeSide& side) {
  return {ErrorKind::tls, "tls.client_certificate_required",
          side.peer + " takes only clients that show a certificate of their own",
          "name yours in tls_client_certificate and its key in tls_client_key"};
}

}  // namespace

std::optional<Error> client_certificate_error(unsigned long openssl_error,
                                              const HandshakeSide& side, const TlsNotes& notes) {
  int reason = ssl_reason(openssl_error);
  if (reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED) return certificate_required(side);
  if (!notes.asked_for_certificate) return std::nullopt;
  switch (reason) {
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
      break;
    default:
      return std::nullopt;
  }
  if (!side.showed_certificate) return certificate_required(side);
  const char* words = ERR_reason_error_string(openssl_error);
  return Error(ErrorKind::tls, "tls.client_certificate_refused",
               side.peer + " refused the client certificate" +
                   (words ? ": " + std::string(words) : std::string()),
               "check that tls_client_certificate is the one issued for this server, has not "
               "expired, and that its file holds the chain up to the issuer that the server knows");
}

Error handshake_error(const HandshakeEnd& end, const HandshakeSide& side, const TlsNotes& notes) {
  int reason = ssl_reason(end.openssl_error);
  if (end.verdict != X509_V_OK && (reason == SSL_R_CERTIFICATE_VERIFY_FAILED || reason == 0))
    return certificate_error(end.verdict, side.host, notes.key_seen);
  if (is_not_tls(reason)) return not_tls_error(side.peer, side.mode);
  if (auto refused = client_certificate_error(end.openssl_error, side, notes)) return *refused;
  Error error = handshake_failure(side.peer, end.cause);
  error.set_transient(end.is_cut || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING);
  return error;
}

Error certificate_error(long verdict, const std::string& host, const std::string& key_seen) {
  switch (verdict) {
    case X509_V_ERR_APPLICATION_VERIFICATION:
      return {ErrorKind::tls, "tls.pin_mismatch",
              host + " shows another key than tls_pin_sha256 names: " + key_seen,
              "compare it with what the server's owner says: if the key was renewed, write the new "
              "one; if not, somebody stands between here and the server"};
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

}  // namespace postroom::net
