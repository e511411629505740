// Uid and SequenceNumber: two kinds of message number that must never be mixed up (RFC 9051
// section 2.3.1).
#pragma once

#include <compare>
#include <cstdint>

namespace postroom::imap {

// Stays with a message as long as the folder's UIDVALIDITY stays. 0: none.
struct Uid {
  std::uint32_t value = 0;
  auto operator<=>(const Uid&) const = default;
};

// A position in the folder right now; moves with every EXPUNGE. Never used in commands here.
struct SequenceNumber {
  std::uint32_t value = 0;
  auto operator<=>(const SequenceNumber&) const = default;
};

}  // namespace postroom::imap
