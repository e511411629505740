#include "net/tls_context.hpp"

#include <system_error>

#include <openssl/err.h>

#include "base/error.hpp"
#include "net/client_certificate.hpp"
#include "net/system_trust.hpp"
#include "net/tls_verify.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

struct TlsLimits {
  // Hosts whose last session is kept. A session is about 4 KiB; a run seldom sees more hosts than
  // this.
  std::size_t sessions = 1000;
};
constexpr TlsLimits tls_limits;

// Where an SSL finds the key under which its session is stored.
int key_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

std::string take_openssl_error() {
  unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "unknown TLS error";
  // Such as a file that is not there: OpenSSL 3 has no words for these.
  if (ERR_SYSTEM_ERROR(code)) return std::system_category().message(ERR_GET_REASON(code));
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "TLS error " + std::to_string(code);
}

TlsContext::TlsContext(TlsPolicy policy)
    : policy_(std::move(policy)), context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_)
    throw Error(ErrorKind::internal, "tls.no_context",
                "OpenSSL gave no context: " + take_openssl_error());
  SSL_CTX* context = context_.get();
  // No buffers while idle: 34 KiB a session would be most of what a session costs.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &TlsContext::store_session);
  SSL_CTX_set_app_data(context, this);
  add_system_trust(SSL_CTX_get_cert_store(context));
  if (!policy_.extra_ca.empty()) {
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(context, policy_.extra_ca.c_str()) != 1) {
      throw Error(ErrorKind::config, "tls.bad_ca",
                  "no certificate could be read from " + policy_.extra_ca.string() + ": " +
                      take_openssl_error(),
                  "name a readable file with one or more certificates in PEM form");
    }
  }
  use_client_certificate(context, policy_);
  arm(context);
  ERR_clear_error();
}

void TlsContext::arm(SSL_CTX* context) const {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);  // RFC 8996, RFC 8314 section 4.1
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  verify_by_authorities(context);
  if (!policy_.pins.empty()) verify_by_pins(context, policy_.pins);
  note_certificate_requests(context);
  if (context == context_.get()) return;
  SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(context_.get()));
  if (X509* certificate = SSL_CTX_get0_certificate(context_.get())) {
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, SSL_CTX_get0_privatekey(context_.get()));
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(context_.get(), &chain);
    SSL_CTX_set1_chain(context, chain);
  }
}

OpenSslPtr<SSL> TlsContext::make_connection(const std::string& key) {
  OpenSslPtr<SSL> ssl(SSL_new(context_.get()));
  if (!ssl)
    throw Error(ErrorKind::internal, "tls.no_context",
                "OpenSSL gave no connection: " + take_openssl_error());
  SSL_set_ex_data(ssl.get(), key_index(), const_cast<std::string*>(&key));
  std::lock_guard lock(mutex_);
  auto known = sessions_.find(key);
  if (known != sessions_.end()) SSL_set_session(ssl.get(), known->second.get());
  return ssl;
}

int TlsContext::store_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  auto* key = static_cast<const std::string*>(SSL_get_ex_data(ssl, key_index()));
  if (!self || !key) return 0;
  try {
    std::lock_guard lock(self->mutex_);
    if (self->sessions_.size() >= tls_limits.sessions && !self->sessions_.contains(*key)) {
      self->sessions_.erase(self->sessions_.begin());
    }
    self->sessions_[*key].reset(session);
    return 1;  // the reference is ours
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

std::shared_ptr<TlsContext> TlsContexts::context_of(const TlsPolicy& policy) {
  std::lock_guard lock(mutex_);
  for (const auto& known : contexts_) {
    if (known->policy() == policy) return known;
  }
  return contexts_.emplace_back(std::make_shared<TlsContext>(policy));
}

}  // namespace postroom::net
