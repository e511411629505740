// safe_move: messages go to another folder, and nothing is deleted that was not confirmed copied.
//
// With MOVE: UID MOVE. Without it, with UIDPLUS: COPY, wait for its answer, then STORE \Deleted and
// UID EXPUNGE of exactly those that COPYUID confirmed. Without UIDPLUS: COPY, and where it was
// accepted only flag \Deleted. Never a bare EXPUNGE, which would remove other clients' messages.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "imap/client/copy_exchange.hpp"

namespace postroom::imap {

enum class MoveFate {
  moved,
  flagged,      // copied, and the old one only flagged \Deleted: the server cannot remove it alone
  not_removed,  // copied, but the old one is still there: `error` says why
  not_copied,   // nothing happened: `error` says why
  absent,       // it was gone before
};

struct MovedMessage {
  Uid uid;
  MoveFate fate = MoveFate::not_copied;
  std::optional<Uid> new_uid;  // where the server told
  std::optional<base::Error> error;
};

struct MoveReport {
  std::vector<MovedMessage> messages;  // one for each UID asked for, ascending
  std::uint32_t target_uid_validity = 0;
};

// Whether safe_move leaves it to the server: then a message that is still in its folder was not
// moved (RFC 6851 section 3.3: each is either moved or unaffected).
bool moves_by_server(const Client& client) noexcept;

// Throws only what broke the connection: then each message is either still where it was, or in both
// folders, or moved. Round trips: one with MOVE, two without, whatever the count (up to
// ClientLimits::unanswered_bytes of UIDs each).
Task<MoveReport> safe_move(Client& client, const UidSet& uids, const MailboxName& target);

}  // namespace postroom::imap
