#include "imap/client/fetch_capabilities.hpp"

#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

Task<void> fetch_capabilities(Client& client) {
  auto add_known = [&] {
    add_quirks(client.quirks(), client.greeting(), client.capabilities().to_string());
  };
  if (client.capabilities().known()) {
    add_known();
    co_return;
  }
  CommandText text;
  text.word("CAPABILITY");
  auto exchange = std::make_shared<SimpleExchange>("CAPABILITY");
  client.start(exchange, text);
  co_await client.wait_for(exchange);
  exchange->throw_if_failed();
  add_known();
  if (client.capabilities().known()) co_return;
  throw base::Error(base::ErrorKind::protocol, "imap.no_capabilities",
                    "the server does not say what it can do",
                    "check that host and port belong to an IMAP server");
}

}  // namespace postroom::imap
