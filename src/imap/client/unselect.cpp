#include "imap/client/unselect.hpp"

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Task<void> unselect(Client& client) {
  if (!client.selected()) co_return;
  CommandText text(client.command_style());
  if (client.can("UNSELECT")) {
    text.word("UNSELECT");
  } else {
    text.word("EXAMINE").string("postroom-no-such-folder");
  }
  auto exchange = std::make_shared<SimpleExchange>("UNSELECT");
  client.start(exchange, text);
  co_await client.wait_for(exchange);
  client.set_selected(std::nullopt);
}

}  // namespace postroom::imap
