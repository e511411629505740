// UID STORE (RFC 9051 section 6.4.6): flags of messages.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/client/set_exchange.hpp"

namespace postroom::imap {

enum class FlagChange { add, remove };

struct StoreOptions {
  // Only messages that nobody changed after it; the others are SetResult::modified (RFC 7162
  // section 3.1.3). 0: all. Needs CONDSTORE, else Error{unsupported, "imap.no_condstore"}: without
  // it the condition would silently not hold.
  std::uint64_t unchanged_since = 0;
};

// Flags as IMAP writes them: "\Seen", "\Flagged", "$Forwarded". Throws Error{config,
// "imap.bad_flag"} for a text that is no flag. A UID that is gone is not an error (RFC 9051
// section 6.4.9).
Command<SetExchange> uid_store(Client& client, const Messages& messages, FlagChange change,
                               const std::vector<std::string>& flags,
                               const StoreOptions& options = {});

}  // namespace postroom::imap
