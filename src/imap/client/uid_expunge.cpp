#include "imap/client/uid_expunge.hpp"

namespace postroom::imap {

Command<SetExchange> uid_expunge(Client& client, const UidSet& uids) {
  if (!client.can("UIDPLUS")) {
    base::Error error(
        base::ErrorKind::unsupported, "imap.no_uidplus",
        "the server cannot remove single messages for good (no UIDPLUS)",
        "delete to the trash instead, or let the flagged messages be purged by the mail program");
    throw error.set_session_usable(true);
  }
  CommandText tail;
  return start_set(client, "UID EXPUNGE", uids, tail);
}

}  // namespace postroom::imap
