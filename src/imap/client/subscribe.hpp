// SUBSCRIBE (RFC 9051 section 6.3.7): many clients show subscribed folders only.
#pragma once

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Command<SimpleExchange> subscribe(Client& client, const MailboxName& name);

}  // namespace postroom::imap
