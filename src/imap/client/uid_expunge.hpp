// UID EXPUNGE (RFC 4315): removes those of `uids` that have \Deleted, and no others. A bare
// EXPUNGE, which removes other clients' messages too, does not exist in this program.
#pragma once

#include "imap/client/set_exchange.hpp"

namespace postroom::imap {

// Throws Error{unsupported, "imap.no_uidplus"} where the server has no UIDPLUS.
Command<SetExchange> uid_expunge(Client& client, const UidSet& uids);

}  // namespace postroom::imap
