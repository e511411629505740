// Pace: whether a peer that goes on sending sends fast enough. An idle limit is blind to one that
// sends a byte just before each of its ends.
//
// Owns: a sum of waiting and a sum of bytes. Does not know: sockets, or what the bytes mean.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace postroom::net {

struct PaceLimits {
  // Waiting up to here is never too slow. Zero: nothing ever is.
  std::chrono::milliseconds patience{240'000};
  // On average behind it. A mobile phone of the year 2000 made 1,200 bytes a second.
  std::size_t bytes_per_second = 256;
};

class Pace {
 public:
  explicit Pace(PaceLimits limits) : limits_(limits) {}

  void begin_again() noexcept { waited_ = {}, bytes_ = 0; }

  // Only waiting counts: what the reader does between two reads is not the peer's fault.
  void note(std::chrono::nanoseconds waited, std::size_t bytes) noexcept {
    waited_ += waited;
    bytes_ += bytes;
  }

  bool is_too_slow() const noexcept {
    if (limits_.patience.count() == 0 || waited_ <= limits_.patience) return false;
    using Seconds = std::chrono::duration<double>;
    const double due =
        Seconds(waited_ - limits_.patience).count() * static_cast<double>(limits_.bytes_per_second);
    return static_cast<double>(bytes_) < due;
  }

 private:
  PaceLimits limits_;
  std::chrono::nanoseconds waited_{};
  std::uint64_t bytes_ = 0;
};

}  // namespace postroom::net
