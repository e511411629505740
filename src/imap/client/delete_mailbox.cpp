#include "imap/client/delete_mailbox.hpp"

namespace postroom::imap {

Command<SimpleExchange> delete_mailbox(Client& client, const MailboxName& name) {
  CommandText text(client.command_style());
  text.word("DELETE").mailbox(name);
  return start_simple(client, "DELETE", text);
}

}  // namespace postroom::imap
