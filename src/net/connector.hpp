// Connector: from a host name to an open Stream. Resolves, races IPv6 and IPv4 (RFC 8305), speaks
// TLS where asked.
//
// Knows: names, sockets, certificates. Does not know: what will be said on the stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/stream.hpp"

namespace postroom::net {

enum class TlsMode { none, starttls, implicit };

// What makes a peer believable. The system's store is always trusted.
struct TlsPolicy {
  std::filesystem::path extra_ca;  // PEM, one or more certificates; empty: none
  bool operator==(const TlsPolicy&) const = default;
};

struct Target {
  std::string host;  // name or address literal
  std::uint16_t port = 0;
  TlsMode tls = TlsMode::implicit;  // starttls: opened plain, the protocol calls Stream::start_tls
  TlsPolicy policy;
  std::chrono::milliseconds connect_limit{120'000};  // name, TCP and TLS together
  std::chrono::milliseconds idle_limit{120'000};
};

class Connector {
 public:
  virtual ~Connector() = default;

  // Throws Error{network} with code net.unknown_host, net.refused, net.unreachable;
  // Error{timed_out, "net.timed_out"}; Error{tls} with code tls.expired, tls.not_yet_valid,
  // tls.untrusted, tls.self_signed, tls.wrong_name, tls.not_tls (the peer speaks another protocol:
  // hint names STARTTLS), tls.handshake. Each has a hint.
  virtual Task<std::unique_ptr<Stream>> open(const Target& target) = 0;
};

// The real one. TLS sessions are kept per host and port for resumption, one SSL_CTX per policy.
std::unique_ptr<Connector> make_connector();

// 127.0.0.0/8, ::1 and "localhost": where plaintext is allowed without a second switch.
bool is_loopback(std::string_view host) noexcept;

}  // namespace postroom::net
