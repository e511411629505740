// AUTHENTICATE (RFC 9051 section 6.2.2) with any SASL mechanism, and SASL-IR (RFC 4959) where
// offered.
#pragma once

#include <memory>

#include "auth/sasl.hpp"
#include "imap/client/command.hpp"

namespace postroom::imap {

// allowed: commands started behind it leave in the same write, if the mechanism is a single step
// and SASL-IR is there; otherwise they wait until sign-in is through, which is always right, only
// slower.
enum class Pipelining { none, allowed };

class AuthenticateExchange final : public Exchange {
 public:
  using Result = void;
  AuthenticateExchange(Client& client, std::unique_ptr<auth::SaslMechanism> mechanism)
      : Exchange("AUTHENTICATE"), client_(client), mechanism_(std::move(mechanism)) {}

  Piece first_piece(Pipelining pipelining);
  bool take(const wire::Response& response) override;
  Piece answer(std::string_view challenge) override;
  base::Error stray_continuation(std::string_view text) const override;
  bool is_gate() const noexcept override { return true; }
  const auth::SaslMechanism& mechanism() const noexcept { return *mechanism_; }
  // Refused with BAD: the server does not know the mechanism, or does not take the command so.
  bool was_unknown() const noexcept { return was_unknown_; }
  void take_result() const { throw_if_failed(); }

 protected:
  void accept(std::size_t part, const wire::Status& status) override;
  void refuse(std::size_t part, const wire::Status& status, const base::Error& error) override;
  base::Error error_of(const wire::Status& status) const override;

 private:
  Client& client_;
  std::unique_ptr<auth::SaslMechanism> mechanism_;
  std::string reason_;  // what a bearer mechanism's challenge said before the refusal
  bool has_stepped_ = false;
  bool new_capabilities_ = false;
  bool was_unknown_ = false;
};

// Throws Error{tls, "tls.required"} on a stream that is not private: no credential leaves before.
// result() throws Error{auth}, throttled, or network ("imap.unavailable").
Command<AuthenticateExchange> authenticate(Client& client,
                                           std::unique_ptr<auth::SaslMechanism> mechanism,
                                           Pipelining pipelining = Pipelining::none);

// sign_in_error, with the page that the server wants the user to open.
base::Error explained_sign_in_error(const Client& client, const wire::Status& status);
// The same, for who looks at the exchange after a refusal (sign_in.hpp).
std::shared_ptr<AuthenticateExchange> start_authenticate(
    Client& client, std::unique_ptr<auth::SaslMechanism> mechanism,
    Pipelining pipelining = Pipelining::none);

// Error{tls, "tls.required"} unless credentials may be sent.
void require_privacy(Client& client);

}  // namespace postroom::imap
