#include "imap/client/noop.hpp"

namespace postroom::imap {

Command<SimpleExchange> noop(Client& client) {
  CommandText text;
  text.word("NOOP");
  return start_simple(client, "NOOP", text);
}

}  // namespace postroom::imap
