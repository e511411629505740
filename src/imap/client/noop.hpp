// NOOP (RFC 9051 section 6.1.2): asks for news, and whether the connection lives.
#pragma once

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Command<SimpleExchange> noop(Client& client);

}  // namespace postroom::imap
