// IDLE (RFC 2177): waits for news of the selected folder without asking.
//
// One call is one IDLE: it ends with the first news or after `listen`, always by DONE, and the
// connection is free again. Ask again at once to go on listening; how often is the caller's (at
// least every 29 minutes, less behind a NAT).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "imap/client/command.hpp"
#include "imap/wire/uid_set.hpp"

namespace postroom::imap {

// Hints, not the truth: search or fetch to learn what is there.
struct MailboxNews {
  std::optional<std::uint32_t> exists;  // messages now, if the number changed
  std::uint32_t expunged = 0;           // EXPUNGE replies
  UidSet vanished;                      // once QRESYNC is enabled
  UidSet changed;                       // flags; a server that leaves the UID out is counted below
  std::uint32_t changed_unnamed = 0;
  bool any() const noexcept {
    return exists || expunged > 0 || !vanished.empty() || !changed.empty() || changed_unnamed > 0;
  }
};

struct IdleLimits {
  // Servers must keep an idle connection for 30 minutes (RFC 9051 section 5.4); many routers forget
  // it after ten.
  std::chrono::milliseconds listen = std::chrono::minutes(9);
  // For "+" and for the answer to DONE. The stream's idle limit is this when idle() has returned.
  std::chrono::milliseconds answer = std::chrono::seconds(60);
};

// IDLE is offered and the account does not say that it is broken (Quirks::no_idle). Where it is
// false (Yahoo, Domino), ask with noop().
bool can_idle(const Client& client) noexcept;

// A folder is selected and nothing else is under way. Throws a refusal (session usable), also where
// the server ends IDLE at once (Error{unsupported, "imap.no_idle"}); a BYE, a silent server
// (Error{timed_out, "net.stalled"}) and cancellation end the connection.
Task<MailboxNews> idle(Client& client, IdleLimits limits = {});

}  // namespace postroom::imap
