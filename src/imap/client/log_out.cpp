#include "imap/client/log_out.hpp"

#include "imap/client/simple_exchange.hpp"
#include "net/with_timeout.hpp"

namespace postroom::imap {
namespace {

class LogoutExchange final : public SimpleExchange {
 public:
  LogoutExchange() : SimpleExchange("LOGOUT") {}
  bool expects_bye() const noexcept override { return true; }
};

Task<void> say_goodbye(Client& client) {
  auto exchange = std::make_shared<LogoutExchange>();
  CommandText text;
  text.word("LOGOUT");
  client.start(exchange, text);
  co_await client.wait_for(exchange);
}

}  // namespace

Task<void> log_out(Client& client, std::chrono::milliseconds limit) {
  if (!client.is_usable()) co_return;
  try {
    Task<void> goodbye = say_goodbye(client);
    co_await net::shielded(limit, "logging out", std::move(goodbye));
  } catch (const base::Error&) {
    // The server is gone already, or too slow: nothing that matters is lost.
  }
  client.close();
}

}  // namespace postroom::imap
