// UID STORE (RFC 9051 section 6.4.6): flags of messages.
#pragma once

#include <string>
#include <vector>

#include "imap/client/set_exchange.hpp"

namespace postroom::imap {

enum class FlagChange { add, remove };

// Flags as IMAP writes them: "\Seen", "\Flagged", "$Forwarded". Throws Error{config,
// "imap.bad_flag"} for a text that is no flag. A UID that is gone is not an error (RFC 9051
// section 6.4.9).
Command<SetExchange> uid_store(Client& client, const Messages& messages, FlagChange change,
                               const std::vector<std::string>& flags);

}  // namespace postroom::imap
