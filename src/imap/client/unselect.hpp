// UNSELECT (RFC 3691): leaves the folder. CLOSE would expunge every message with \Deleted, other
// clients' too, and is not offered here; where UNSELECT is missing, EXAMINE of a name that does not
// exist does the same (RFC 3691 section 1).
#pragma once

#include "imap/client/command.hpp"

namespace postroom::imap {

// Throws nothing but what breaks the connection.
Task<void> unselect(Client& client);

}  // namespace postroom::imap
