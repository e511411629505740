#include "stores/open_store.hpp"

#include "stores/imap_sign_in.hpp"
#include "stores/imap_store.hpp"
#include "stores/maildir_store.hpp"

namespace postroom::stores {

Task<std::unique_ptr<mailbox::Store>> open_store(const account::Account& account,
                                                 const ConnectContext& context) {
  if (account.kind == account::Kind::maildir) {
    std::unique_ptr<mailbox::Store> store = open_maildir(account.path, context.clock);
    co_return store;
  }
  auto client = co_await connect_imap(account, context);
  auto open_again = [account, context] { return connect_imap(account, context); };
  std::unique_ptr<mailbox::Store> store =
      std::make_unique<ImapStore>(std::move(client), std::move(open_again), context.recovery);
  co_return store;
}

}  // namespace postroom::stores
