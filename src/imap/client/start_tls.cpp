#include "imap/client/start_tls.hpp"

#include "imap/client/fetch_capabilities.hpp"
#include "imap/client/simple_exchange.hpp"

namespace postroom::imap {

using base::Error;
using base::ErrorKind;

Task<void> start_tls(Client& client) {
  if (client.is_preauthenticated()) {
    client.close();
    throw Error(
        ErrorKind::tls, "tls.preauth",
        "the server signed us in before encryption, which hides STARTTLS",
        "use tls: implicit (port 993); if the server is your own, turn PREAUTH off on this port");
  }
  co_await fetch_capabilities(client);
  if (!client.can("STARTTLS")) {
    throw Error(ErrorKind::tls, "tls.not_offered",
                "the server does not offer STARTTLS on this port", "use tls: implicit (port 993)");
  }
  CommandText text;
  text.word("STARTTLS");
  auto exchange = std::make_shared<SimpleExchange>("STARTTLS");
  client.start(exchange, text);
  co_await client.wait_for(exchange);
  if (exchange->is_refused()) {
    Error error(ErrorKind::tls, "tls.refused", "the server offers STARTTLS and refuses it",
                "use tls: implicit (port 993)");
    throw error.set_server_text(exchange->refusal()->server_text());
  }
  co_await client.upgrade();
}

}  // namespace postroom::imap
