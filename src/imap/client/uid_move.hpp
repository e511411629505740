// UID MOVE (RFC 6851). Callers who want a message moved use safe_move (move.hpp), which also works
// without MOVE.
#pragma once

#include "imap/client/copy_exchange.hpp"

namespace postroom::imap {

// Needs the capability MOVE.
inline Command<CopyExchange> uid_move(Client& client, const UidSet& uids,
                                      const MailboxName& target) {
  return start_copy(client, "UID MOVE", uids, target);
}

}  // namespace postroom::imap
