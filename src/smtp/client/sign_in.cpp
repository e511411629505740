// AUTH (RFC 4954).
#include <optional>

#include "auth/sasl_refusal.hpp"
#include "base/base64.hpp"
#include "base/text.hpp"
#include "smtp/client/client.hpp"
#include "smtp/limits.hpp"
#include "smtp/wire/commands.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace postroom::smtp {

using base::Error;
using base::ErrorKind;
using base::Secret;

namespace {

Error server_not_verified() {
  return Error(ErrorKind::auth, "auth.server_not_verified",
               "the server says the sign-in is complete without proving that it knows the password",
               "check the host name and the certificate: it may be an impostor");
}

Error token_refused(std::string_view words) {
  Error error(ErrorKind::auth, "auth.token_refused", "the server refuses the token",
              "get a new token: this one has run out, was withdrawn, or does not give the right to "
              "send mail from this very mailbox");
  error.set_server_text(words);
  return error;
}

// Base64 in a line of its own; wiped by its destructor.
Secret credential_line(std::string_view prefix, std::string_view response) {
  std::string encoded = base::to_base64(response);
  std::string line;
  line.reserve(prefix.size() + encoded.size() + 2);
  line += prefix;
  line += encoded;
  line += "\r\n";
  Secret secret{line};
  base::wipe(line);
  base::wipe(encoded);
  return secret;
}

// One sign-in by one mechanism.
class SignIn {
 public:
  SignIn(Connection& connection, auth::SaslMechanism& mechanism)
      : connection_(connection), mechanism_(mechanism) {}

  Task<void> run() {
    co_await start();
    for (int round = 0; round < limits.auth_rounds; ++round) {
      Reply reply = co_await connection_.read_reply();
      if (reply.is_positive()) {
        if (!mechanism_.is_done()) throw server_not_verified();
        co_return;
      }
      if (reply.is_transient() || reply.is_permanent()) {
        Error refusal = to_error(reply, Stage::auth);
        was_unknown_ = reply.code >= 500 && reply.code <= 504 && refusal.kind() == ErrorKind::auth;
        if (was_told_why_ && refusal.code() == "auth.wrong_password")
          throw token_refused(refusal.server_text());
        throw auth::explain_refusal(mechanism_, std::move(refusal));
      }
      if (reply.code != 334) throw unexpected_reply(reply, Stage::auth);
      was_told_why_ = mechanism_.is_done();
      Secret response = answer(reply);
      Secret line = credential_line("", response.reveal());
      connection_.log_client("[redacted]");
      co_await connection_.write(line.reveal());
    }
    throw Error(ErrorKind::protocol, "smtp.endless_sign_in",
                "the server's sign-in does not come to an end", "ask the server's administrator");
  }

  // The server sent a challenge after everything was said: a bearer mechanism's explanation of its
  // refusal. Some hang up then without the 535.
  bool was_told_why() const noexcept { return was_told_why_; }

  // Refused with 500 to 504: the server does not know the mechanism, or does not take the command
  // so (RFC 4954 section 4). Another one may be asked for.
  bool was_unknown() const noexcept { return was_unknown_; }

 private:
  // With the initial response where it fits, else the command alone.
  Task<void> start() {
    std::string command = "AUTH " + std::string(mechanism_.name());
    if (!mechanism_.client_first()) {
      connection_.log_client(command);
      command += "\r\n";
      co_await connection_.write(command);
      co_return;
    }
    initial_ = mechanism_.step("");
    Secret line = initial_.empty() ? Secret(command + " =\r\n")
                                   : credential_line(command + " ", initial_.reveal());
    if (line.reveal().size() <= limits.auth_line_bytes) {
      connection_.log_client(command + " [redacted]");
      initial_ = Secret();
      co_await connection_.write(line.reveal());
      co_return;
    }
    holds_initial_ = true;
    connection_.log_client(command);
    command += "\r\n";
    co_await connection_.write(command);
  }

  Secret answer(const Reply& challenge) {
    if (holds_initial_) {  // the challenge is empty, or says something that has no meaning yet
      holds_initial_ = false;
      return std::move(initial_);
    }
    auto decoded = base::from_base64(base::trim(challenge.lines.front()));
    // Plain words where base64 of "Username:" belongs: LOGIN does not read them anyway.
    const bool asks_for_name = !mechanism_.client_first() && !mechanism_.has_proved();
    if (!decoded && asks_for_name) decoded = "";
    if (!decoded) {
      throw Error(ErrorKind::auth, "auth.bad_challenge",
                  "the server's sign-in message is not base64",
                  "check host and port, or ask the server's administrator")
          .set_server_text(challenge.text());
    }
    return mechanism_.step(*decoded);
  }

  Connection& connection_;
  auth::SaslMechanism& mechanism_;
  Secret initial_;
  bool holds_initial_ = false;
  bool was_told_why_ = false;
  bool was_unknown_ = false;
};

void refuse_openly(const Connection& connection) {
  if (connection.stream().is_private()) return;
  throw Error(ErrorKind::auth, "auth.plaintext_refused",
              "no sign-in over a connection that everybody on the way can read",
              "set smtp.tls to starttls or implicit");
}

void require_offer(const Capabilities& offered, net::TlsMode tls) {
  if (!offered.auth.empty()) return;
  throw Error(ErrorKind::unsupported, "smtp.no_auth", "the server offers no sign-in here",
              tls == net::TlsMode::none
                  ? "many servers offer it only under TLS: set smtp.tls to starttls"
                  : "use the submission port (smtp.port 587 or 465), or smtp.auth none");
}

Error no_mechanism(const Capabilities& offered) {
  return Error(ErrorKind::auth, "auth.no_mechanism",
               "the server takes no password, it offers only " +
                   base::printable(base::join(offered.auth, ", ")),
               "OAuth 2.0 may be needed, which this version cannot do yet");
}

Error with_hang_up_explained(const SignIn& attempt, const Error& error) {
  if (!attempt.was_told_why() || error.kind() != ErrorKind::network) return error;
  return token_refused("");
}

}  // namespace

// RFC 4954 section 4 wants EHLO again only behind a security layer, and we agree on none: it costs
// a round trip only where the server is known to change its offer.
Task<void> Client::hear_new_offer() {
  if (quirks_.hello_again) co_await say_hello();
}

Task<void> Client::sign_in(auth::Credentials credentials) {
  refuse_openly(connection_);
  require_offer(terms_.offered, options_.tls);
  const std::string binding = connection_.stream().channel_binding();
  std::vector<std::string> left = terms_.offered.auth;
  std::optional<Error> refusal;
  try {
    while (true) {
      auto mechanism = auth::choose_mechanism(left, credentials, true, binding);
      if (!mechanism) throw refusal ? *refusal : no_mechanism(terms_.offered);
      SignIn attempt(connection_, *mechanism);
      try {
        co_await attempt.run();
        co_await hear_new_offer();
        co_return;
      } catch (const Error& error) {
        if (!attempt.was_unknown()) throw with_hang_up_explained(attempt, error);
        refusal = error;
      }
      left = auth::mechanisms_after(left, *mechanism);
    }
  } catch (...) {
    connection_.close();
    throw;
  }
}

Task<void> Client::sign_in(std::unique_ptr<auth::SaslMechanism> mechanism) {
  refuse_openly(connection_);
  require_offer(terms_.offered, options_.tls);
  SignIn attempt(connection_, *mechanism);
  try {
    co_await attempt.run();
    co_await hear_new_offer();
  } catch (const Error& error) {
    connection_.close();
    throw with_hang_up_explained(attempt, error);
  } catch (...) {
    connection_.close();
    throw;
  }
}

}  // namespace postroom::smtp
