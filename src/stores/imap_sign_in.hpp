// From an account to a signed-in IMAP conversation: connect, greeting, TLS, proof, introduction.
// Every IMAP connection of a store is made here, the first and those that replace it. Knows nothing
// of folders.
#pragma once

#include <memory>

#include "account/account.hpp"
#include "base/task.hpp"
#include "imap/client/client.hpp"
#include "stores/open_store.hpp"

namespace postroom::stores {

// Within the account's timeout. Secrets are resolved now, used, and wiped. `account` and `context`
// outlive the call only, what the context refers to outlives the client. Throws Error whose message
// starts with "connecting to HOST:PORT".
base::Task<std::unique_ptr<imap::Client>> connect_imap(const account::Account& account,
                                                       const ConnectContext& context);

}  // namespace postroom::stores
