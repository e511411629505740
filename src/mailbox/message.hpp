// Message: one row of a listing, with what the Want asked for. MessageKey: its name in the ledger.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "mailbox/query.hpp"
#include "mime/attachments.hpp"
#include "mime/envelope.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mailbox {

// Opaque, owned by the store that made it: `folder id : uidvalidity : uid` for IMAP, the file's
// unique name for a Maildir. Stable as long as the message stays where it is.
struct MessageKey {
  std::string text;
  auto operator<=>(const MessageKey&) const = default;
};

struct Flags {
  bool seen = false;
  bool flagged = false;
  bool answered = false;
  bool draft = false;
  bool deleted = false;
  std::vector<std::string> keywords;
  bool operator==(const Flags&) const = default;
};

struct Message {
  MessageKey key;
  Flags flags;
  std::uint64_t size = 0;  // octets
  std::optional<base::Instant> received;
  mime::Envelope envelope;
  std::vector<std::pair<std::string, std::string>> headers;  // decoded, in order; only those wanted
  std::optional<mime::Part> structure;
  std::vector<mime::Attachment> attachments;  // with `structure`; inline parts are in it, marked
  std::string text;  // with Want::text; from the HTML when there is no plain body
  std::string html;
  std::vector<std::string> warnings;  // what was odd about it, one sentence each
  // The server does not give it, and says so. The key is there, of the rest what could be had;
  // whether it matches the query is not known.
  std::optional<base::Error> refusal;
};

// The importance a message states (Importance, X-Priority, Priority headers, in that order); normal
// when none is there.
Importance importance_of(const Message& message);
// The headers that importance_of reads: for Want::headers.
const std::vector<std::string>& importance_headers();

}  // namespace postroom::mailbox
