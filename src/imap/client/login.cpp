#include "imap/client/login.hpp"

#include "imap/client/authenticate.hpp"
#include "imap/client/refusal.hpp"

namespace postroom::imap {

bool LoginExchange::take(const wire::Response& response) {
  if (std::holds_alternative<wire::CapabilityData>(response)) new_capabilities_ = true;
  return false;
}

void LoginExchange::accept(std::size_t, const wire::Status& status) {
  if (!new_capabilities_ && !status.code.is("CAPABILITY")) client_.forget_capabilities();
}

base::Error LoginExchange::error_of(const wire::Status& status) const {
  return explained_sign_in_error(client_, status);
}

Command<LoginExchange> login(Client& client, std::string_view user, const base::Secret& password) {
  require_privacy(client);
  if (client.can("LOGINDISABLED")) {
    throw base::Error(
        base::ErrorKind::auth, "auth.login_disabled", "the server does not accept passwords here",
        "use an encrypted port; if it is one, use OAuth 2.0 for this account, which this "
        "version cannot do yet");
  }
  CommandText text(client.command_style());
  text.word("LOGIN").string(user).string(password.reveal());
  auto exchange = std::make_shared<LoginExchange>(client);
  std::vector<std::vector<Piece>> parts;
  parts.push_back(pieces_of(text));
  for (Piece& piece : parts[0]) piece.shown = "[redacted]";
  parts[0].front().shown = "LOGIN [redacted]";
  client.start(exchange, std::move(parts));
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
