// What opening a store and a transport have in common: targets, credentials resolved at the last
// moment, and the words for a server that speaks another protocol.
#pragma once

#include <memory>
#include <string>

#include "account/account.hpp"
#include "account/provider_table.hpp"
#include "auth/sasl.hpp"
#include "net/connector.hpp"
#include "net/stream.hpp"
#include "stores/open_store.hpp"

namespace postroom::stores {

// Throws Error{config, "account.no_host"}, and Error{config, "tls.plaintext_refused"} for a server
// off this machine without TLS unless `allow_plaintext`.
net::Target target_of(const account::Endpoint& endpoint, const account::Account& account);

// "imap.example.com:993"
std::string place_of(const account::Endpoint& endpoint);

// Nothing for AuthMode::none. `mailbox` other than the user name becomes the authorization
// identity. Throws what the resolver throws, and Error{config, "auth.missing_field"}.
std::optional<auth::Credentials> resolve_credentials(const account::SignIn& sign_in,
                                                     const std::string& mailbox,
                                                     const vault::SecretResolver& secrets);

// The stream as it is; with `allow_plaintext` it counts as private, because the user has said so
// twice.
std::unique_ptr<net::Stream> trusted(std::unique_ptr<net::Stream> stream, bool allow_plaintext);

// The protocol that a greeting or a reply belongs to ("SMTP", "POP3", "HTTP", "SSH", "IMAP"); empty
// when unknown.
std::string_view protocol_of(std::string_view greeting) noexcept;

// The same error with a hint that names what the server speaks, if its words show that.
base::Error name_protocol(const base::Error& error, std::string_view wanted);

// The same error with the server's [ALERT] in its words, unless they have it already.
base::Error with_alert(const base::Error& error, std::string_view alert);

// A refused sign-in in the words of the provider: which page makes app passwords, what is switched
// off until somebody switches it on, who takes no passwords at all. `provider` may be null.
base::Error name_way_in(const base::Error& error, const account::Provider* provider);

// The server's first words, within three quarters of `timeout`, at most 30 s: a server that says
// nothing at once on a port where it should speak first mostly waits for TLS. Error{timed_out,
// "net.no_greeting"}.
base::Task<void> hear_greeting(net::TlsMode tls, std::chrono::milliseconds timeout,
                               base::Task<void> greeting);

}  // namespace postroom::stores
