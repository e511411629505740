// LOGOUT (RFC 9051 section 6.1.3): a short goodbye. Never throws: whatever the server answers, the
// connection is closed.
#pragma once

#include <chrono>

#include "imap/client/client.hpp"

namespace postroom::imap {

// Waits for the server's answer at most `limit`, also when this task is being cancelled. Commands
// that were started and not written are withdrawn first only if their handles are gone: drop them
// before.
Task<void> log_out(Client& client,
                   std::chrono::milliseconds limit = std::chrono::milliseconds(2'000));

}  // namespace postroom::imap
