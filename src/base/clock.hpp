// Clock: the only source of time, so that tests never wait for it.
#pragma once

#include <chrono>

namespace postroom::base {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

// The machine's clock.
const Clock& system_clock() noexcept;

// Stands still until moved. For tests.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Instant start = Instant{std::chrono::milliseconds{1'790'000'000'000}})
      : now_(start) {}
  Instant now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_;
};

}  // namespace postroom::base
