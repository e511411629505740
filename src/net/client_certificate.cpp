#include "net/client_certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/tls_context.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

// Without one OpenSSL asks on the terminal.
int refuse_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

void warn_of_readers(const std::filesystem::path& key) {
  struct stat facts{};
  if (::stat(key.c_str(), &facts) != 0 || (facts.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
  spdlog::warn("the private key {} can be read by other users of this machine: chmod 600 it",
               base::printable(key.string(), 300));
}

void load_key(SSL_CTX* context, const std::filesystem::path& file) {
  bool asked_passphrase = false;
  SSL_CTX_set_default_passwd_cb(context, refuse_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &asked_passphrase);
  ERR_clear_error();
  bool loaded = SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1;
  SSL_CTX_set_default_passwd_cb(context, nullptr);
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (loaded) {
    warn_of_readers(file);
    return;
  }
  std::string name = base::printable(file.string(), 300);
  if (asked_passphrase) {
    ERR_clear_error();
    throw Error(ErrorKind::config, "tls.bad_client_key",
                "the private key in " + name + " is under a passphrase",
                "store it without one, readable by its owner only: openssl pkey -in OLD -out NEW");
  }
  unsigned long code = ERR_peek_error();
  if (ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH) {
    ERR_clear_error();
    throw Error(ErrorKind::config, "tls.bad_client_key",
                "the private key in " + name + " belongs to another certificate",
                "name the key that the certificate was made with in tls_client_key");
  }
  throw Error(ErrorKind::config, "tls.bad_client_key",
              "no private key could be read from " + name + ": " + take_openssl_error(),
              "name a readable file with the key in PEM form in tls_client_key");
}

}  // namespace

void use_client_certificate(SSL_CTX* context, const TlsPolicy& policy) {
  if (policy.client_certificate.empty()) return;
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, policy.client_certificate.c_str()) != 1) {
    throw Error(ErrorKind::config, "tls.bad_client_certificate",
                "no certificate could be read from " +
                    base::printable(policy.client_certificate.string(), 300) + ": " +
                    take_openssl_error(),
                "name a readable file with your certificate in PEM form in tls_client_certificate");
  }
  load_key(context, policy.client_key.empty() ? policy.client_certificate : policy.client_key);
  if (SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    throw Error(ErrorKind::config, "tls.bad_client_key",
                "the private key belongs to another certificate",
                "name the key that the certificate was made with in tls_client_key");
  }
}

}  // namespace postroom::net
