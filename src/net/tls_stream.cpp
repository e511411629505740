#include "net/tls_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "net/socket_bio.hpp"
#include "net/tls_error.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

std::string words_of(int system_error) {
  return system_error == 0 ? "it was cut off" : std::strerror(system_error);
}

// RFC 2253 form on one line, non-ASCII escaped.
std::string one_line(const X509_NAME* name) {
  BIO* bio = BIO_new(BIO_s_mem());
  if (!bio) return {};
  X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  long size = BIO_get_mem_data(bio, &text);
  std::string line = base::printable(std::string_view(text, static_cast<std::size_t>(size)), 300);
  BIO_free(bio);
  return line;
}

std::string day_of(const ASN1_TIME* time) {
  std::tm parts{};
  char text[16];
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%d", &parts));
}

}  // namespace

TlsLayer::TlsLayer(Socket& socket, TlsLayer* below, TlsPeer peer)
    : socket_(socket),
      peer_(std::move(peer)),
      ssl_(peer_.context->make_connection(peer_.session_key)) {
  SSL* ssl = ssl_.get();
  BIO* bio = below ? BIO_new(BIO_f_ssl()) : make_socket_bio(socket_.fd());
  if (!bio)
    throw Error(ErrorKind::internal, "tls.no_context",
                "OpenSSL gave no BIO: " + take_openssl_error());
  if (below) BIO_set_ssl(bio, below->ssl_.get(), BIO_NOCLOSE);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_connect_state(ssl);
  keep_notes(ssl, &notes_);

  // RFC 6125: the name that the user typed, whole labels only. A root's final dot is not part of
  // it. RFC 6066 section 3: SNI for names only.
  std::string host = peer_.host;
  if (host.ends_with('.')) host.pop_back();
  bool set = expect_name(SSL_get0_param(ssl), host) &&
             (is_address(host) || SSL_set_tlsext_host_name(ssl, host.c_str()) == 1);
  if (!set) {
    ERR_clear_error();
    throw Error(ErrorKind::config, "tls.bad_host",
                "\"" + base::printable(host, 100) + "\" cannot be a TLS host name",
                "check the host setting");
  }
}

TlsLayer::~TlsLayer() {
  // Without this OpenSSL takes the session for a broken one and forbids its resumption.
  if (!failed_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

Task<void> TlsLayer::shake_hands() {
  while (true) {
    co_await socket_.begin();
    ERR_clear_error();
    errno = 0;
    int result = SSL_connect(ssl_.get());
    int system_error = errno;
    if (result == 1) break;
    int cause = SSL_get_error(ssl_.get(), result);
    if (cause != SSL_ERROR_WANT_READ && cause != SSL_ERROR_WANT_WRITE) {
      failed_ = true;
      throw failed_handshake(cause, system_error);
    }
    co_await socket_.wait_until(cause == SSL_ERROR_WANT_READ ? Socket::Ready::to_read
                                                             : Socket::Ready::to_write);
  }
  socket_.note_activity();
}

HandshakeSide TlsLayer::side() const {
  return {peer_.host, socket_.peer(), peer_.mode,
          !peer_.context->policy().client_certificate.empty()};
}

Error TlsLayer::failed_handshake(int cause, int system_error) {
  HandshakeEnd end;
  end.openssl_error = ERR_peek_error();
  end.verdict = SSL_get_verify_result(ssl_.get());
  end.is_cut = cause == SSL_ERROR_SYSCALL ||
               ERR_GET_REASON(end.openssl_error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (end.is_cut) {
    end.cause =
        system_error == 0 ? "the server closed the connection" : std::strerror(system_error);
    ERR_clear_error();
  } else {
    end.cause = take_openssl_error();
  }
  return handshake_error(end, side(), notes_);
}

Socket::Ready TlsLayer::next_wait(int result, int system_error) {
  int cause = SSL_get_error(ssl_.get(), result);
  if (cause == SSL_ERROR_WANT_READ) return Socket::Ready::to_read;
  if (cause == SSL_ERROR_WANT_WRITE) return Socket::Ready::to_write;
  failed_ = true;
  unsigned long code = ERR_peek_error();
  bool cut = ERR_GET_LIB(code) == ERR_LIB_SSL &&
             ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  if (cut || cause == SSL_ERROR_SYSCALL || cause == SSL_ERROR_ZERO_RETURN) {
    ERR_clear_error();
    throw socket_.broken(cut ? "it was cut off without a TLS goodbye" : words_of(system_error));
  }
  auto refused = client_certificate_error(code, side(), notes_);
  if (refused) {
    ERR_clear_error();
    throw *refused;
  }
  Error error(ErrorKind::tls, "tls.broken",
              "TLS with " + socket_.peer() + " broke: " + take_openssl_error(),
              "data was damaged on the way, or the server ended TLS: try again");
  error.set_transient(true);
  throw error;
}

Task<std::size_t> TlsLayer::read_some(std::span<char> into) {
  while (true) {
    co_await socket_.begin();
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &n);
    int system_error = errno;
    if (result == 1) {
      socket_.note_activity();
      co_return n;
    }
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_ZERO_RETURN) co_return 0;  // close_notify
    Socket::Ready ready = next_wait(result, system_error);
    co_await socket_.wait_until(ready);
  }
}

Task<void> TlsLayer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    co_await socket_.begin();
    ERR_clear_error();
    errno = 0;
    std::size_t n = 0;
    int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n);
    int system_error = errno;
    if (result == 1) {
      socket_.note_activity();
      bytes.remove_prefix(n);
      continue;
    }
    Socket::Ready ready = next_wait(result, system_error);
    co_await socket_.wait_until(ready);
  }
}

TlsFacts TlsLayer::facts() const {
  TlsFacts facts;
  facts.version = SSL_get_version(ssl_.get());
  facts.cipher = SSL_get_cipher_name(ssl_.get());
  facts.peer_name = peer_.host;
  if (const X509* certificate = SSL_get0_peer_certificate(ssl_.get())) {
    facts.peer_issuer = one_line(X509_get_issuer_name(certificate));
    facts.peer_not_after = day_of(X509_get0_notAfter(certificate));
  }
  return facts;
}

bool TlsLayer::has_unread() noexcept {
  ERR_clear_error();
  char byte;
  bool has = SSL_peek(ssl_.get(), &byte, 1) > 0;
  ERR_clear_error();
  return has;
}

// RFC 9266. TLS 1.2 only with the extended master secret (RFC 7627): without it two connections can
// be made to share their secrets (the triple handshake), so that the value would bind nothing.
// tls-unique (RFC 5929) is never offered instead: it fails in the same way, and TLS 1.3 has none.
// No context is given: in TLS 1.3 that equals an empty one; in TLS 1.2, where it does not, this is
// what GnuTLS and most mail servers compute.
std::string TlsLayer::channel_binding() const {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  SSL* ssl = ssl_.get();
  if (failed_ || !SSL_is_init_finished(ssl)) return {};
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1) return {};
  std::array<unsigned char, 32> value;
  ERR_clear_error();
  if (SSL_export_keying_material(ssl, value.data(), value.size(), label.data(), label.size(),
                                 nullptr, 0, 0) != 1) {
    ERR_clear_error();
    return {};
  }
  return std::string(reinterpret_cast<const char*>(value.data()), value.size());
}

void TlsLayer::finish() noexcept {
  if (failed_ || !SSL_is_init_finished(ssl_.get())) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace postroom::net
