// Envelope: who wrote to whom, when and about what, decoded to UTF-8. Plain data, filled by whoever
// read the message (mime::envelope_of from header lines, the IMAP adapter from ENVELOPE, Graph from
// JSON).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace postroom::mime {

struct Address {
  std::string name;     // display name, decoded; may be empty
  std::string address;  // local@domain as written; empty for a group's bare name
  bool operator==(const Address&) const = default;
};

struct Envelope {
  std::string subject;
  std::vector<Address> from, sender, reply_to, to, cc, bcc;
  std::optional<base::Instant> sent;    // nothing when the Date line is missing or unreadable
  std::string message_id, in_reply_to;  // with angle brackets; empty when missing
  std::vector<std::string> references;  // with angle brackets, oldest first
};

}  // namespace postroom::mime
