// SocketStream: the Stream over a connected line, plain until start_tls. Internal to net/; see
// make_connector.
#pragma once

#include <optional>

#include "net/line.hpp"
#include "net/stream.hpp"
#include "net/tls_stream.hpp"

namespace postroom::net {

class SocketStream final : public Stream {
 public:
  SocketStream(std::unique_ptr<Line> line, TlsPeer tls_peer);
  ~SocketStream() override;

  Task<std::size_t> read_some(std::span<char> into) override;
  Task<void> write(std::string_view bytes) override;
  Task<void> start_tls() override;
  bool is_encrypted() const noexcept override { return encrypted_; }
  bool is_private() const noexcept override {
    return encrypted_ || line_->socket().is_peer_loopback();
  }
  TlsFacts tls_facts() const override;
  std::string channel_binding() const override;
  void set_idle_limit(std::chrono::milliseconds limit) noexcept override {
    line_->socket().set_idle_limit(limit);
  }
  void close() noexcept override;

 private:
  std::unique_ptr<Line> line_;
  TlsPeer tls_peer_;
  std::optional<TlsLayer> tls_;
  bool encrypted_ = false;
};

}  // namespace postroom::net
