#include "imap/client/authenticate.hpp"

#include "auth/sasl_refusal.hpp"
#include "base/base64.hpp"
#include "imap/client/refusal.hpp"

namespace postroom::imap {

using base::Error;
using base::ErrorKind;

namespace {

std::string encode(const base::Secret& response) { return base::to_base64(response.reveal()); }

}  // namespace

Error explained_sign_in_error(const Client& client, const wire::Status& status) {
  Error error = sign_in_error(status);
  const bool has_page = error.code() == "auth.web_login_required" && !client.web_alert().empty();
  if (has_page)
    error.set_hint("open this page once in a browser, then try again: " + client.web_alert());
  return error;
}

void require_privacy(Client& client) {
  if (client.stream().is_private()) return;
  throw Error(ErrorKind::tls, "tls.required",
              "sign-in was stopped: the connection is not encrypted",
              "use tls: implicit (port 993) or tls: starttls");
}

Piece AuthenticateExchange::first_piece(Pipelining pipelining) {
  std::string head = "AUTHENTICATE " + std::string(mechanism_->name());
  if (!mechanism_->client_first() || !client_.can("SASL-IR")) {
    return {.bytes = head, .shown = head, .then = WaitFor::continuation};
  }
  base::Secret initial = mechanism_->step("");
  has_stepped_ = true;
  bool pipelined = pipelining == Pipelining::allowed && mechanism_->single_step();
  std::string text = initial.empty() ? "=" : encode(initial);
  return {.bytes = head + " " + text,
          .shown = head + " [redacted]",
          .then = pipelined ? WaitFor::nothing : WaitFor::continuation};
}

bool AuthenticateExchange::take(const wire::Response& response) {
  if (std::holds_alternative<wire::CapabilityData>(response)) new_capabilities_ = true;
  return false;
}

Piece AuthenticateExchange::answer(std::string_view challenge) {
  auto decoded = base::from_base64(challenge);
  // "+ " alone, and servers that greet with words ("+ go ahead"), ask for the first step.
  if (!decoded && !has_stepped_) decoded = "";
  if (!decoded) {
    throw Error(ErrorKind::auth, "auth.bad_challenge",
                "the server's sign-in challenge is not base64", "report this with a transcript");
  }
  if (!has_stepped_ && mechanism_->client_first()) decoded = "";
  // Gmail and others explain a refused token here (RFC 7628 section 3.2.2), before the NO.
  if (decoded->starts_with('{')) reason_ = *decoded;
  has_stepped_ = true;
  base::Secret response = mechanism_->step(*decoded);
  return {.bytes = encode(response), .shown = "[redacted]", .then = WaitFor::continuation};
}

Error AuthenticateExchange::stray_continuation(std::string_view text) const {
  // What was pipelined behind has been taken for an answer: nothing on this connection means what
  // it says any more.
  wire::Status status{.condition = wire::Condition::no};
  auto decoded = base::from_base64(text);
  std::string shown = decoded ? *decoded : std::string(text);
  status.text = shown;
  return sign_in_error(status);
}

void AuthenticateExchange::accept(std::size_t, const wire::Status& status) {
  if (!mechanism_->is_done()) {
    throw Error(ErrorKind::auth, "auth.server_not_verified",
                "the server accepted the sign-in without proving that it knows the password",
                "somebody may be posing as the server: check the host name");
  }
  // What it said before sign-in no longer holds (RFC 9051 section 6.2.2).
  if (!new_capabilities_ && !status.code.is("CAPABILITY")) client_.forget_capabilities();
}

void AuthenticateExchange::refuse(std::size_t, const wire::Status& status, const Error& error) {
  was_unknown_ = status.condition == wire::Condition::bad && error.kind() == ErrorKind::auth;
}

Error AuthenticateExchange::error_of(const wire::Status& status) const {
  Error error = auth::explain_refusal(*mechanism_, explained_sign_in_error(client_, status));
  if (!reason_.empty()) error.set_server_text(std::string(status.text) + " " + reason_);
  return error;
}

std::shared_ptr<AuthenticateExchange> start_authenticate(
    Client& client, std::unique_ptr<auth::SaslMechanism> mechanism, Pipelining pipelining) {
  require_privacy(client);
  auto exchange = std::make_shared<AuthenticateExchange>(client, std::move(mechanism));
  std::vector<std::vector<Piece>> parts(1);
  parts[0].push_back(exchange->first_piece(pipelining));
  client.start(exchange, std::move(parts));
  return exchange;
}

Command<AuthenticateExchange> authenticate(Client& client,
                                           std::unique_ptr<auth::SaslMechanism> mechanism,
                                           Pipelining pipelining) {
  return {client, start_authenticate(client, std::move(mechanism), pipelining)};
}

}  // namespace postroom::imap
