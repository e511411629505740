#include "imap/client/rename.hpp"

namespace postroom::imap {

Command<SimpleExchange> rename(Client& client, const MailboxName& from, const MailboxName& to) {
  CommandText text(client.command_style());
  text.word("RENAME").mailbox(from).mailbox(to);
  return start_simple(client, "RENAME", text);
}

}  // namespace postroom::imap
