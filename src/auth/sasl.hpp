// SASL: proving who we are in a mail protocol (RFC 4422), the client's side.
//
// Knows: mechanisms and credentials. Does not know: the protocol that carries them; base64, line
// breaks and continuation marks are the caller's. The only room that includes GNU SASL.
//
// How a protocol client signs in:
//
//   auto mechanism = auth::choose_mechanism(offered, credentials, stream.is_private(),
//                                           stream.channel_binding());
//   if (!mechanism) ...                                  // nothing in common
//   if (mechanism->client_first()) initial = mechanism->step("");
//   for each challenge:  response = mechanism->step(decoded challenge);   // an empty response is
//   sent, too on success:          if (!mechanism->is_done()) refuse: the server did not prove
//   itself
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace postroom::auth {

// One sign-in attempt. Used up by it: make another one for the next attempt.
class SaslMechanism {
 public:
  virtual ~SaslMechanism() = default;

  // As it is written on the wire: "SCRAM-SHA-256".
  virtual std::string_view name() const noexcept = 0;

  // It speaks first: step("") yields what may travel as the initial response, or as the answer to
  // an empty challenge.
  virtual bool client_first() const noexcept = 0;

  // The initial response is all there is (PLAIN), so commands may be pipelined behind it.
  virtual bool single_step() const noexcept = 0;

  // Raw bytes in, raw bytes out. Throws Error{auth}: auth.bad_challenge for a challenge that is no
  // sense or asks too much work of us, auth.server_not_verified when the server's signature is
  // wrong (it does not know the password: an impostor). After a throw the attempt is over: cancel
  // it ("*") or close. SCRAM's second step derives a key: milliseconds usually, up to about a
  // second at the limit.
  virtual base::Secret step(std::string_view challenge) = 0;

  // Its proof names this very TLS connection (SCRAM-...-PLUS).
  virtual bool is_bound() const noexcept { return false; }

  // The password, or a proof of it, has left: behind a refusal no other mechanism may be tried (see
  // sasl_refusal.hpp).
  virtual bool has_proved() const noexcept { return true; }

  // The server may say success now. A success before that is a server that skips its signature:
  // treat as auth.server_not_verified.
  virtual bool is_done() const noexcept = 0;
};

struct Credentials {
  std::string username;
  std::string authzid;  // whose mailbox, if another's; empty: the user's own
  base::Secret password;
};

// The strongest of `offered` that these credentials can serve (SCRAM-SHA-256-PLUS,
// SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, PLAIN, LOGIN; case does not matter); null when
// none. PLAIN and LOGIN show the password to the peer: only if `stream_is_private`. LOGIN cannot
// carry an authzid, SCRAM no control characters. With a `channel_binding` (the stream's, see
// net/stream.hpp) and no -PLUS on offer, SCRAM says that it could have done -PLUS: a server that
// did offer it refuses, because somebody took it out of the list. Without the binding there is no
// -PLUS and no such check. Throws Error{auth, "auth.bad_credentials"} for an empty name or
// password, or a NUL byte in either.
std::unique_ptr<SaslMechanism> choose_mechanism(std::span<const std::string> offered,
                                                const Credentials& credentials,
                                                bool stream_is_private,
                                                std::string_view channel_binding = {});

}  // namespace postroom::auth
