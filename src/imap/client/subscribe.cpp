#include "imap/client/subscribe.hpp"

namespace postroom::imap {

Command<SimpleExchange> subscribe(Client& client, const MailboxName& name) {
  CommandText text(client.command_style());
  text.word("SUBSCRIBE").mailbox(name);
  return start_simple(client, "SUBSCRIBE", text);
}

}  // namespace postroom::imap
