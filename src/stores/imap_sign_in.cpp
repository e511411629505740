#include "stores/imap_sign_in.hpp"

#include "account/provider_table.hpp"
#include "base/text.hpp"
#include "imap/client/fetch_capabilities.hpp"
#include "imap/client/id.hpp"
#include "imap/client/name_space.hpp"
#include "imap/client/sign_in.hpp"
#include "imap/client/start_tls.hpp"
#include "net/with_timeout.hpp"
#include "stores/connecting.hpp"

namespace postroom::stores {
namespace {

constexpr std::string_view our_version = "0.1";

using Introducing = std::optional<imap::Command<imap::IdExchange>>;

// NetEase counts an ID only once somebody is signed in; elsewhere it leaves ahead of the proof, in
// the same write. The greeting does not always name the server.
bool wants_id_behind_proof(imap::Client& client, const account::Provider* provider) {
  return client.quirks().wants_id || (provider != nullptr && provider->name == "netease");
}

// Whether the server still refuses, although it said OK. Other commands it may dislike as it likes.
bool is_late_refusal(const base::Error& error) {
  return error.kind() == base::ErrorKind::auth || error.kind() == base::ErrorKind::throttled ||
         error.kind() == base::ErrorKind::network || !error.session_usable();
}

// Behind the proof, in one write: who we are, whether the mailbox opens, what the server can do.
Task<void> settle_in(imap::Client& client, bool is_introduced, bool offers_id) {
  Introducing introducing;
  if (!is_introduced && offers_id) introducing.emplace(imap::id(client, our_version));
  // Exchange tells only the next command that the account may not open the mailbox. CAPABILITY it
  // would still answer.
  std::optional<imap::Command<imap::NameSpaceExchange>> probing;
  if (client.quirks().late_refusal) probing.emplace(imap::name_space(client));
  std::optional<base::Error> broken;
  try {
    co_await imap::fetch_capabilities(client);
  } catch (const base::Error& error) {
    broken = error;  // it hangs up behind the refusal, which says more
  }
  if (probing) {
    try {
      co_await probing->result();
    } catch (const base::Error& error) {
      if (is_late_refusal(error)) throw;
    }
  }
  if (broken) throw *broken;
  // Both are still to be had: such a server speaks IMAP4rev1 until ENABLE IMAP4rev2 (RFC 9051
  // section 6.3.1), which Exchange Online and Strato answer wrongly and which is never sent.
  if (client.can("IMAP4rev1")) client.capabilities().remove("IMAP4rev2");
  // Nor is UTF8=ACCEPT enabled: names change their spelling with it, so its answer must be waited
  // for, a round trip at Gmail, the one large server that offers it; modified UTF-7 says the same.
  const bool is_said = is_introduced || introducing.has_value();
  if (!is_said && client.can("ID")) introducing.emplace(imap::id(client, our_version));
  if (introducing) co_await client.flush();  // answered with the next command
}

// From the greeting on.
Task<void> converse(imap::Client& client, const account::Account& account, net::TlsMode tls,
                    std::optional<auth::Credentials> credentials) {
  const account::Provider* provider = account::provider_of_host(account.endpoint.host);
  auto greeting = client.read_greeting();
  co_await hear_greeting(tls, account.timeout, std::move(greeting));
  if (tls == net::TlsMode::starttls) co_await imap::start_tls(client);
  co_await imap::fetch_capabilities(client);
  const bool offers_id = client.can("ID");
  Introducing introducing;
  if (credentials && !client.is_preauthenticated()) {
    if (offers_id && !wants_id_behind_proof(client, provider))
      introducing.emplace(imap::id(client, our_version));
    co_await imap::sign_in(client, std::move(*credentials));
  }
  co_await settle_in(client, introducing.has_value(), offers_id);
}

Task<std::unique_ptr<imap::Client>> open_imap(const account::Account& account,
                                              net::Connector& connector,
                                              std::optional<auth::Credentials> credentials) {
  const net::Target target = target_of(account.endpoint, account);
  std::unique_ptr<net::Stream> opened = co_await connector.open(target);
  std::unique_ptr<net::Stream> stream = trusted(std::move(opened), account.allow_plaintext);
  imap::ClientLimits limits;
  limits.reply.patience = 2 * account.timeout;
  auto client = std::make_unique<imap::Client>(std::move(stream), limits);
  std::optional<base::Error> refused;
  auto conversing = converse(*client, account, target.tls, std::move(credentials));
  try {
    co_await std::move(conversing);
  } catch (const base::Error& error) {
    refused = error;
  }
  // Words for a human (RFC 9051 section 7.1). An address in them is shown, never called.
  if (refused) throw with_alert(*refused, client->alert());
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
    const account::Provider* provider = account::provider_of_host(account.endpoint.host);
    base::Error named = name_way_in(name_protocol(error, "IMAP"), provider);
    if (named.code() == "auth.wrong_password" && !account.mailbox.empty()) {
      named.set_hint("check user name and password, and whether this user may open the mailbox " +
                     base::printable(account.mailbox, 200) +
                     "; without mailbox: the user's own is opened");
    }
    throw named.during(doing);
  }
}

}  // namespace postroom::stores
