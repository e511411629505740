#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Command<SimpleExchange> start_simple(Client& client, std::string_view name,
                                     const CommandText& text) {
  auto exchange = std::make_shared<SimpleExchange>(name);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
