// What the sender wants to hear of a delivery (RFC 3461), in the RFC's words.
#pragma once

namespace postroom::smtp {

// For a recipient: when a report is sent. Bits; `unset` leaves it to the server, which reports
// failures.
enum class Notify : unsigned {
  unset = 0,
  success = 1,
  failure = 2,
  delay = 4,
  never = 8,  // alone
};

constexpr Notify operator|(Notify a, Notify b) noexcept {
  return static_cast<Notify>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool includes(Notify set, Notify one) noexcept {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

// For a message: how much of it comes back with a report of failure.
enum class ReturnContent { unset, full, headers };

}  // namespace postroom::smtp
