// UID COPY (RFC 9051 section 6.4.7).
#pragma once

#include "imap/client/copy_exchange.hpp"

namespace postroom::imap {

// A missing target is CopyResult::refusal of kind not_found ("imap.no_such_folder").
inline Command<CopyExchange> uid_copy(Client& client, const UidSet& uids,
                                      const MailboxName& target) {
  return start_copy(client, "UID COPY", uids, target);
}

}  // namespace postroom::imap
