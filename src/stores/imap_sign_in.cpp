#include "stores/imap_sign_in.hpp"

#include "imap/client/authenticate.hpp"
#include "imap/client/fetch_capabilities.hpp"
#include "imap/client/id.hpp"
#include "imap/client/login.hpp"
#include "imap/client/start_tls.hpp"
#include "net/with_timeout.hpp"
#include "stores/connecting.hpp"

namespace postroom::stores {
namespace {

Task<void> prove(imap::Client& client, auth::Credentials credentials) {
  const std::vector<std::string> offered = client.capabilities().sasl_mechanisms();
  const bool is_private = client.stream().is_private();
  auto mechanism = auth::choose_mechanism(offered, credentials, is_private);
  if (mechanism) {
    auto signing = imap::authenticate(client, std::move(mechanism));
    co_await signing.result();
    co_return;
  }
  // LOGIN has no place for another user's name.
  if (!credentials.authzid.empty()) {
    throw base::Error(base::ErrorKind::unsupported, "auth.no_authzid",
                      "the server offers no way to sign in to another user's mailbox",
                      "leave out mailbox, or sign in as the owner of the mailbox");
  }
  auto signing = imap::login(client, credentials.username, credentials.password);
  co_await signing.result();
}

Task<std::unique_ptr<imap::Client>> open_imap(const account::Account& account,
                                              net::Connector& connector,
                                              std::optional<auth::Credentials> credentials) {
  const net::Target target = target_of(account.endpoint, account);
  std::unique_ptr<net::Stream> opened = co_await connector.open(target);
  std::unique_ptr<net::Stream> stream = trusted(std::move(opened), account.allow_plaintext);
  auto client = std::make_unique<imap::Client>(std::move(stream));
  auto greeting = client->read_greeting();
  co_await hear_greeting(target.tls, account.timeout, std::move(greeting));
  if (target.tls == net::TlsMode::starttls) co_await imap::start_tls(*client);
  co_await imap::fetch_capabilities(*client);
  if (credentials && !client->is_preauthenticated()) {
    co_await prove(*client, std::move(*credentials));
    co_await imap::fetch_capabilities(*client);
  }
  if (client->quirks().wants_id && client->can("ID")) {
    auto introducing = imap::id(*client, "0.1");
    co_await introducing.result();
  }
  co_return client;
}

}  // namespace

Task<std::unique_ptr<imap::Client>> connect_imap(const account::Account& account,
                                                 const ConnectContext& context) {
  const std::string doing = "connecting to " + place_of(account.endpoint);
  try {
    auto credentials = resolve_credentials(account.auth, account.mailbox, context.secrets);
    auto connecting = open_imap(account, context.connector, std::move(credentials));
    auto client = co_await net::with_timeout(account.timeout, "signing in", std::move(connecting));
    co_return client;
  } catch (const base::Error& error) {
    throw name_protocol(error, "IMAP").during(doing);
  }
}

}  // namespace postroom::stores
