// From an account to its sending side. Connects at the first message, not before.
#pragma once

#include <memory>

#include "mailbox/transport.hpp"
#include "stores/open_store.hpp"

namespace postroom::stores {

// Throws Error{config, "session.cannot_send"} when the account names no way to send. `account`
// outlives the transport.
std::unique_ptr<mailbox::Transport> open_transport(const account::Account& account,
                                                   const ConnectContext& context);

}  // namespace postroom::stores
