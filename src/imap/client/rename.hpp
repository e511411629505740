// RENAME (RFC 9051 section 6.3.6). Renaming INBOX moves its messages and leaves INBOX behind.
#pragma once

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Command<SimpleExchange> rename(Client& client, const MailboxName& from, const MailboxName& to);

}  // namespace postroom::imap
