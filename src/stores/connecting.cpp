#include "stores/connecting.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "net/with_timeout.hpp"

namespace postroom::stores {
namespace {

using account::Tls;

net::TlsMode mode_of(Tls tls) {
  switch (tls) {
    case Tls::implicit:
      return net::TlsMode::implicit;
    case Tls::starttls:
      return net::TlsMode::starttls;
    case Tls::none:
      return net::TlsMode::none;
  }
  return net::TlsMode::implicit;
}

// A stream that may carry credentials although nobody encrypts it.
class TrustedStream final : public net::Stream {
 public:
  explicit TrustedStream(std::unique_ptr<net::Stream> inner) : inner_(std::move(inner)) {}

  base::Task<std::size_t> read_some(std::span<char> into) override {
    return inner_->read_some(into);
  }
  base::Task<void> write(std::string_view bytes) override { return inner_->write(bytes); }
  base::Task<void> start_tls() override { return inner_->start_tls(); }
  bool is_encrypted() const noexcept override { return inner_->is_encrypted(); }
  bool is_private() const noexcept override { return true; }
  net::TlsFacts tls_facts() const override { return inner_->tls_facts(); }
  std::string channel_binding() const override { return inner_->channel_binding(); }
  void set_idle_limit(std::chrono::milliseconds limit) noexcept override {
    inner_->set_idle_limit(limit);
  }
  void close() noexcept override { inner_->close(); }

 private:
  std::unique_ptr<net::Stream> inner_;
};

base::Secret resolve_field(const std::optional<vault::SecretSource>& source, std::string_view field,
                           const vault::SecretResolver& secrets) {
  if (!source) {
    throw base::Error(base::ErrorKind::config, "auth.missing_field",
                      fmt::format("the account has no auth.{}", field),
                      fmt::format("add auth.{} to the connect step", field));
  }
  return secrets.resolve(*source, field);
}

}  // namespace

net::Target target_of(const account::Endpoint& endpoint, const account::Account& account) {
  if (endpoint.host.empty()) {
    throw base::Error(base::ErrorKind::config, "account.no_host",
                      "the account names no mail server", "add host to the connect step");
  }
  if (endpoint.tls == Tls::none && !account.allow_plaintext && !net::is_loopback(endpoint.host)) {
    throw base::Error(
        base::ErrorKind::config, "tls.plaintext_refused",
        "a connection without TLS would show mail and password to everybody on the way",
        "use tls: implicit or tls: starttls; if it must be, add allow_plaintext: true");
  }
  net::Target target;
  target.host = endpoint.host;
  target.port = endpoint.port;
  target.tls = mode_of(endpoint.tls);
  target.policy = {account.tls_ca, account.tls_pins, account.tls_client_certificate,
                   account.tls_client_key};
  target.proxy = net::parse_proxy_policy(account.proxy.reveal());
  target.connect_limit = account.timeout;
  target.idle_limit = account.timeout;
  return target;
}

std::string place_of(const account::Endpoint& endpoint) {
  const bool is_ipv6 = endpoint.host.contains(':');
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", base::printable(endpoint.host, 255),
                     is_ipv6 ? "]" : "", endpoint.port);
}

std::optional<auth::Credentials> resolve_credentials(const account::SignIn& sign_in,
                                                     const std::string& mailbox,
                                                     const vault::SecretResolver& secrets) {
  if (sign_in.mode == account::AuthMode::none) return std::nullopt;
  auth::Credentials credentials;
  const base::Secret username = resolve_field(sign_in.username, "username", secrets);
  credentials.username = username.reveal();
  credentials.password = resolve_field(sign_in.password, "password", secrets);
  if (!mailbox.empty() && !base::ascii_iequals(mailbox, credentials.username))
    credentials.authzid = mailbox;
  return credentials;
}

std::unique_ptr<net::Stream> trusted(std::unique_ptr<net::Stream> stream, bool allow_plaintext) {
  if (!allow_plaintext || stream->is_private()) return stream;
  return std::make_unique<TrustedStream>(std::move(stream));
}

std::string_view protocol_of(std::string_view greeting) noexcept {
  if (greeting.starts_with("* ")) return "IMAP";
  if (greeting.starts_with("220") || greeting.starts_with("554")) return "SMTP";
  if (greeting.starts_with("+OK")) return "POP3";
  if (greeting.starts_with("HTTP/") || greeting.starts_with("<html") ||
      greeting.starts_with("<!DOCTYPE"))
    return "HTTP";
  if (greeting.starts_with("SSH-")) return "SSH";
  return {};
}

base::Error name_protocol(const base::Error& error, std::string_view wanted) {
  const std::string_view spoken = protocol_of(error.server_text());
  if (spoken.empty() || spoken == wanted) return error;
  base::Error named = error;
  named.set_hint(fmt::format("the server speaks {} there, not {}: check host and port ({})", spoken,
                             wanted,
                             wanted == "IMAP" ? "IMAP: 993 with TLS, 143 with STARTTLS"
                                              : "SMTP: 465 with TLS, 587 with STARTTLS"));
  return named;
}

base::Error with_alert(const base::Error& error, std::string_view alert) {
  if (alert.empty() || error.server_text().contains(alert)) return error;
  base::Error whole = error;
  const std::string words(error.server_text());
  whole.set_server_text(words.empty() ? std::string(alert) : fmt::format("{} {}", words, alert));
  return whole;
}

base::Error name_way_in(const base::Error& error, const account::Provider* provider) {
  const std::string& code = error.code();
  const bool is_about_password = code == "auth.wrong_password" ||
                                 code == "auth.app_password_required" ||
                                 code == "auth.password_disabled" ||
                                 code == "auth.login_disabled" || code == "auth.imap_disabled";
  if (provider == nullptr || (!is_about_password && code != "auth.web_login_required"))
    return error;
  if (provider->proof == account::Proof::oauth) {
    base::Error oauth(base::ErrorKind::auth, "auth.password_disabled",
                      fmt::format("{} does not accept passwords", provider->label),
                      "OAuth 2.0 is needed, which this version cannot do yet");
    return oauth.set_server_text(error.server_text());
  }
  base::Error named = error;
  if (code == "auth.web_login_required") {
    if (!provider->web_mail.empty()) {
      named.set_hint(
          fmt::format("sign in once at {} in a browser on this computer and confirm "
                      "that it was you, then try again",
                      provider->web_mail));
    }
    return named;
  }
  if (!provider->way_in.empty())
    named.set_hint(fmt::format("{}: {}", provider->label, provider->way_in));
  return named;
}

base::Task<void> hear_greeting(net::TlsMode tls, std::chrono::milliseconds timeout,
                               base::Task<void> greeting) {
  constexpr std::chrono::milliseconds longest{30'000};  // servers that delay it stay below 20 s
  try {
    co_await net::with_timeout(std::min(timeout * 3 / 4, longest), "the server's greeting",
                               std::move(greeting));
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::timed_out) throw;
    std::string hint = tls == net::TlsMode::implicit
                           ? "is this the right port? The server may be overloaded: try again later"
                           : "the port may want TLS from the first byte: set tls: implicit, or use "
                             "the port for STARTTLS (143 IMAP, 587 SMTP)";
    throw base::Error(base::ErrorKind::timed_out, "net.no_greeting",
                      "the server took the connection and said nothing", std::move(hint));
  }
}

}  // namespace postroom::stores
