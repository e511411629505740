// DELETE (RFC 9051 section 6.3.5): a folder and all messages in it, for good.
#pragma once

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Command<SimpleExchange> delete_mailbox(Client& client, const MailboxName& name);

}  // namespace postroom::imap
