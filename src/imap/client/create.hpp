// CREATE (RFC 9051 section 6.3.4). A folder that exists is Error{refused, "imap.already_exists"}
// where the server says so.
#pragma once

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Command<SimpleExchange> create(Client& client, const MailboxName& name);

}  // namespace postroom::imap
