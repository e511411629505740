#include "imap/client/create.hpp"

namespace postroom::imap {

Command<SimpleExchange> create(Client& client, const MailboxName& name) {
  CommandText text(client.command_style());
  text.word("CREATE").mailbox(name);
  return start_simple(client, "CREATE", text);
}

}  // namespace postroom::imap
