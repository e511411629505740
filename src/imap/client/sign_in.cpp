#include "imap/client/sign_in.hpp"

#include "auth/sasl_refusal.hpp"
#include "imap/client/authenticate.hpp"
#include "imap/client/login.hpp"

namespace postroom::imap {
namespace {

using base::Error;
using base::ErrorKind;

Error no_place_for_authzid() {
  // LOGIN has no place for another user's name.
  return Error(ErrorKind::unsupported, "auth.no_authzid",
               "the server offers no way to sign in to another user's mailbox",
               "leave out mailbox, or sign in as the owner of the mailbox");
}

}  // namespace

Task<void> sign_in(Client& client, auth::Credentials credentials) {
  require_privacy(client);
  std::vector<std::string> offered = client.capabilities().sasl_mechanisms();
  const std::string binding = client.stream().channel_binding();
  const bool is_private = client.stream().is_private();
  bool may_show_password = true;  // by LOGIN, when no mechanism is left
  std::optional<Error> last;
  while (true) {
    auto mechanism = auth::choose_mechanism(offered, credentials, is_private, binding);
    if (!mechanism) break;
    auto exchange = start_authenticate(client, std::move(mechanism));
    co_await client.wait_for(exchange);
    if (!exchange->is_refused()) co_return;
    last = exchange->refusal();
    if (!exchange->was_unknown()) throw *last;
    offered = auth::mechanisms_after(offered, exchange->mechanism());
    const auth::SaslMechanism& tried = exchange->mechanism();
    const bool has_shown_it = auth::shows_password(tried.name());
    may_show_password &= !tried.is_bound() && (!tried.has_proved() || has_shown_it);
    if (offered.empty()) break;
  }
  if (!may_show_password) throw *last;
  if (!credentials.authzid.empty() && credentials.authzid != credentials.username)
    throw no_place_for_authzid();
  auto signing = login(client, credentials.username, credentials.password);
  co_await signing.result();
}

}  // namespace postroom::imap
