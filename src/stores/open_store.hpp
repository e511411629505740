// From an account to an open, signed-in store. All that session/ knows of stores/.
#pragma once

#include <memory>

#include "account/account.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "mailbox/store.hpp"
#include "stores/recovery.hpp"

namespace postroom::net {
class Connector;
}

namespace postroom::stores {

using base::Task;

// What connecting needs besides the account. All of it outlives what is opened.
struct ConnectContext {
  const vault::SecretResolver& secrets;
  const base::Clock& clock;
  net::Connector& connector;
  Recovery* recovery = nullptr;  // none: a lost connection stays lost
};

// Connects and signs in. Secrets are resolved now, used, and wiped. Throws Error whose message
// starts with "connecting to HOST:PORT" or names the path.
Task<std::unique_ptr<mailbox::Store>> open_store(const account::Account& account,
                                                 const ConnectContext& context);

}  // namespace postroom::stores
