// BlockingSocket: one plain TCP connection of the tests' own, so that a fixture shares no code with
// what it tests.
//
// Owns the descriptor. Every read gives up after 20 s with std::runtime_error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::test {

class BlockingSocket {
 public:
  static BlockingSocket connect_loopback(std::uint16_t port);
  explicit BlockingSocket(int descriptor);
  ~BlockingSocket();
  BlockingSocket(BlockingSocket&& other) noexcept;
  BlockingSocket& operator=(BlockingSocket&&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  void write(std::string_view bytes);
  std::string read_line();  // without CRLF; throws at the end of the stream
  std::string read_exactly(std::size_t count);

 private:
  bool fill();

  int descriptor_ = -1;
  std::string buffer_;
};

}  // namespace postroom::test
