// Connector: from a host name to an open Stream. Resolves, races IPv6 and IPv4 (RFC 8305), speaks
// TLS where asked.
//
// Knows: names, sockets, certificates. Does not know: what will be said on the stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/proxy_policy.hpp"
#include "net/stream.hpp"
#include "net/tls_policy.hpp"

namespace postroom::net {

enum class TlsMode { none, starttls, implicit };

struct Target {
  std::string host;  // name or address literal
  std::uint16_t port = 0;
  TlsMode tls = TlsMode::implicit;  // starttls: opened plain, the protocol calls Stream::start_tls
  TlsPolicy policy;
  ProxyPolicy proxy = {};
  std::chrono::milliseconds connect_limit{120'000};  // proxy, name, TCP and TLS together
  std::chrono::milliseconds idle_limit{120'000};
};

class Connector {
 public:
  virtual ~Connector() = default;

  // Throws Error{network} with code net.unknown_host, net.refused, net.unreachable;
  // Error{timed_out, "net.timed_out"}; Error{tls} with code tls.expired, tls.not_yet_valid,
  // tls.untrusted, tls.self_signed, tls.wrong_name, tls.not_tls (the peer speaks another protocol:
  // hint names STARTTLS), tls.handshake, tls.pin_mismatch, tls.client_certificate_required or
  // _refused (under TLS 1.3 these two come with the first read: the server looks at the certificate
  // when the client has finished); Error{config} tls.bad_ca, tls.bad_client_certificate,
  // tls.bad_client_key; through a proxy also net.proxy_unreachable, net.proxy_sign_in,
  // net.proxy_refused, net.proxy_target_unreachable, net.proxy_protocol. Each has a hint.
  virtual Task<std::unique_ptr<Stream>> open(const Target& target) = 0;
};

// The real one. TLS sessions are kept per host and port for resumption, one SSL_CTX per policy.
std::unique_ptr<Connector> make_connector();

// 127.0.0.0/8, ::1 and "localhost": where plaintext is allowed without a second switch.
bool is_loopback(std::string_view host) noexcept;

}  // namespace postroom::net
