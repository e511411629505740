// Stream: a two-way run of bytes to one peer, over TCP, TLS, a proxy, or a script in a test.
//
// Owns: the connection. Does not know: any protocol. One thread only. A timed-out or cancelled
// operation leaves the stream unusable: close it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/task.hpp"

namespace postroom::net {

using base::Task;

// What was agreed with the peer, for the doctor and for logs.
struct TlsFacts {
  std::string version;  // "TLSv1.3"
  std::string cipher;
  std::string peer_name;       // the host name that was checked
  std::string peer_issuer;     // one line
  std::string peer_not_after;  // "2027-01-31"
};

class Stream {
 public:
  virtual ~Stream() = default;

  // At least one byte into `into`; 0 when the peer has finished (a TLS peer only by close_notify: a
  // cut connection is Error{network, "net.closed"}). Throws Error{network|tls|timed_out|cancelled}.
  virtual Task<std::size_t> read_some(std::span<char> into) = 0;

  // Writes everything, in one system call where the socket takes it. A command group is one call of
  // write.
  virtual Task<void> write(std::string_view bytes) = 0;

  // TLS from here on (STARTTLS). The caller has read everything that came before: bytes already
  // received and not yet read are injected by somebody and end in Error{tls, "tls.injected"}; the
  // protocol's own buffer is its caller's to check. Throws Error{tls}.
  virtual Task<void> start_tls() = 0;

  virtual bool is_encrypted() const noexcept = 0;
  // Encrypted, or to this machine only: what a credential may travel on.
  virtual bool is_private() const noexcept = 0;

  virtual TlsFacts tls_facts() const { return {}; }

  // What only the two ends of this TLS connection know (channel binding type "tls-exporter", RFC
  // 9266): 32 bytes that a sign-in can name in its proof, so that nobody can relay it from another
  // connection. Empty when there is none: no TLS, or TLS 1.2 without the extended master secret. A
  // stream that wraps another one hands on what that one says.
  virtual std::string channel_binding() const { return {}; }

  // No byte in either direction for this long is Error{timed_out, "net.stalled"}. Zero: no limit.
  virtual void set_idle_limit(std::chrono::milliseconds limit) noexcept = 0;

  // Ends it at once; safe to call twice.
  virtual void close() noexcept = 0;
};

}  // namespace postroom::net
