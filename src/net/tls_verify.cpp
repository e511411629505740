#include "net/tls_verify.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/base64.hpp"

namespace postroom::net {
namespace {

int notes_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int context_notes_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

TlsNotes* notes_of(SSL* ssl) {
  if (auto* own = static_cast<TlsNotes*>(SSL_get_ex_data(ssl, notes_index()))) return own;
  return static_cast<TlsNotes*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_notes_index()));
}

int on_certificate_request(SSL* ssl, void*) {
  if (auto* notes = notes_of(ssl)) notes->asked_for_certificate = true;
  return 1;
}

std::string key_digest(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return {};
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  bool done =
      EVP_Digest(der, static_cast<std::size_t>(size), digest, &length, EVP_sha256(), nullptr) == 1;
  OPENSSL_free(der);
  if (!done) return {};
  return base::to_base64(std::string_view(reinterpret_cast<const char*>(digest), length));
}

int date_verdict(const X509* certificate) {
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) >= 0)
    return X509_V_ERR_CERT_NOT_YET_VALID;  // also 0: a date that cannot be read
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0)
    return X509_V_ERR_CERT_HAS_EXPIRED;
  return X509_V_OK;
}

int name_verdict(X509* certificate, X509_VERIFY_PARAM* checks) {
  if (const char* host = X509_VERIFY_PARAM_get0_host(checks, 0)) {
    bool is_named = X509_check_host(certificate, host, 0, X509_VERIFY_PARAM_get_hostflags(checks),
                                    nullptr) == 1;
    return is_named ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH;
  }
  if (char* address = X509_VERIFY_PARAM_get1_ip_asc(checks)) {
    bool is_named = X509_check_ip_asc(certificate, address, 0) == 1;
    OPENSSL_free(address);
    return is_named ? X509_V_OK : X509_V_ERR_IP_ADDRESS_MISMATCH;
  }
  return X509_V_ERR_HOSTNAME_MISMATCH;  // nobody said which name: nothing is right
}

int note_refusal(int is_right, X509_STORE_CTX* store) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  if (!is_right && ssl) {
    if (auto* notes = notes_of(ssl)) notes->verdict = X509_STORE_CTX_get_error(store);
  }
  return is_right;
}

int verify_pinned(X509_STORE_CTX* store, void* argument) {
  const auto& pins = *static_cast<const std::vector<std::string>*>(argument);
  X509* certificate = X509_STORE_CTX_get0_cert(store);
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  int verdict = X509_V_ERR_APPLICATION_VERIFICATION;
  try {
    std::string seen = certificate ? key_digest(certificate) : std::string();
    bool is_pinned = !seen.empty() && std::ranges::find(pins, seen) != pins.end();
    if (auto* notes = ssl ? notes_of(ssl) : nullptr) notes->key_seen = std::move(seen);
    if (is_pinned) {
      verdict = date_verdict(certificate);
      if (verdict == X509_V_OK)
        verdict = name_verdict(certificate, X509_STORE_CTX_get0_param(store));
    }
  } catch (const std::exception&) {
    verdict = X509_V_ERR_OUT_OF_MEM;
  }
  X509_STORE_CTX_set_error(store, verdict);
  return note_refusal(verdict == X509_V_OK, store);
}

}  // namespace

void keep_notes(SSL* ssl, TlsNotes* notes) { SSL_set_ex_data(ssl, notes_index(), notes); }

void keep_notes(SSL_CTX* context, TlsNotes* notes) {
  SSL_CTX_set_ex_data(context, context_notes_index(), notes);
}

void verify_by_authorities(SSL_CTX* context) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_refusal);
}

void verify_by_pins(SSL_CTX* context, const std::vector<std::string>& pins) {
  SSL_CTX_set_cert_verify_callback(context, verify_pinned,
                                   const_cast<std::vector<std::string>*>(&pins));
}

void note_certificate_requests(SSL_CTX* context) {
  SSL_CTX_set_cert_cb(context, on_certificate_request, nullptr);
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

bool expect_name(X509_VERIFY_PARAM* checks, const std::string& host) {
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(checks, host.c_str(), host.size()) == 1;
}

}  // namespace postroom::net
