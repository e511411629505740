// TlsContext: what every TLS connection under one TlsPolicy shares: trusted certificates, protocol
// limits, and the sessions kept for resumption. Internal to net/; usable from several threads.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include <openssl/ssl.h>

#include "net/connector.hpp"

namespace postroom::net {

struct OpenSslDeleter {
  void operator()(SSL_CTX* it) const noexcept { SSL_CTX_free(it); }
  void operator()(SSL* it) const noexcept { SSL_free(it); }
  void operator()(SSL_SESSION* it) const noexcept { SSL_SESSION_free(it); }
};
template <class T>
using OpenSslPtr = std::unique_ptr<T, OpenSslDeleter>;

class TlsContext {
 public:
  // Throws Error{config}: "tls.bad_ca" when the policy's file holds no certificate that can be
  // read; what use_client_certificate throws.
  explicit TlsContext(TlsPolicy policy);

  const TlsPolicy& policy() const noexcept { return policy_; }

  // A connection that offers the session last seen under `key` and stores its own there. `this` and
  // `key` outlive it.
  OpenSslPtr<SSL> make_connection(const std::string& key);

  // Gives a foreign context (libcurl's) the policy's checks, its trusted certificates and our own
  // certificate. `this` outlives it.
  void arm(SSL_CTX* context) const;

 private:
  static int store_session(SSL* ssl, SSL_SESSION* session);

  TlsPolicy policy_;
  OpenSslPtr<SSL_CTX> context_;
  std::mutex mutex_;
  std::unordered_map<std::string, OpenSslPtr<SSL_SESSION>> sessions_;
};

// One context for each policy, made when first asked for.
class TlsContexts {
 public:
  std::shared_ptr<TlsContext> context_of(const TlsPolicy& policy);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<TlsContext>> contexts_;
};

// OpenSSL's oldest queued error in words, and the queue emptied.
std::string take_openssl_error();

}  // namespace postroom::net
