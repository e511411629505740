#include "flow/run/read_account.hpp"

#include <fmt/format.h>

#include "account/endpoints.hpp"
#include "base/error.hpp"
#include "flow/load/secret_field.hpp"
#include "net/proxy_policy.hpp"
#include "net/tls_policy.hpp"

namespace postroom::flow {
namespace {

using account::Account;
using base::Error;
using base::ErrorKind;
using base::Map;

const base::Value* find(const Map& fields, std::string_view name) {
  auto at = fields.find(name);
  return at == fields.end() || at->second.is_null() ? nullptr : &at->second;
}

std::string text(const Map& fields, std::string_view name) {
  const auto* value = find(fields, name);
  return value ? value->to_text() : std::string();
}

bool flag(const Map& fields, std::string_view name) {
  const auto* value = find(fields, name);
  const auto* on = value ? value->as<bool>() : nullptr;
  return on && *on;
}

std::vector<std::string> pins(const Map& fields) {
  std::vector<std::string> out;
  const auto* value = find(fields, "tls_pin_sha256");
  if (!value) return out;
  if (const auto* list = value->as<base::List>()) {
    for (const auto& item : *list) out.push_back(net::parse_pin(item.to_text()));
  } else {
    out.push_back(net::parse_pin(value->to_text()));
  }
  return out;
}

base::Secret proxy(const Map& fields) {
  std::string setting = text(fields, "proxy");
  if (setting.empty()) return base::Secret("env");
  net::parse_proxy_policy(setting);  // a URL that is none is told before anything is opened
  return base::Secret(setting);
}

const Map* group(const Map& fields, std::string_view name) {
  const auto* value = find(fields, name);
  return value ? value->as<Map>() : nullptr;
}

account::EndpointFields endpoint_fields(const Map& fields) {
  account::EndpointFields out;
  if (find(fields, "host")) out.host = text(fields, "host");
  if (const auto* port = find(fields, "port")) {
    const auto* number = port->as<std::int64_t>();
    if (!number || *number < 1 || *number > 65'535) {
      throw Error(ErrorKind::config, "connect.bad_port",
                  fmt::format("{} is not a port", port->to_text()),
                  "a port is a whole number from 1 to 65535");
    }
    out.port = static_cast<std::uint16_t>(*number);
  }
  std::string tls = text(fields, "tls");
  if (tls == "implicit") out.tls = account::Tls::implicit;
  if (tls == "starttls") out.tls = account::Tls::starttls;
  if (tls == "none") out.tls = account::Tls::none;
  return out;
}

account::SignIn sign_in(const Flow& flow, const Step& step, const Map* auth,
                        const std::string& path) {
  account::SignIn out;
  std::string mode = auth ? text(*auth, "mode") : std::string();
  out.username = secret_source(flow, step, path + ".username");
  out.password = secret_source(flow, step, path + ".password");
  bool none = mode == "none" || (!auth && !out.username);
  out.mode = none ? account::AuthMode::none : account::AuthMode::password;
  if (out.mode == account::AuthMode::password && (!out.username || !out.password)) {
    throw Error(ErrorKind::config, "connect.no_sign_in",
                fmt::format("{} has no {}", path, out.username ? "password" : "username"),
                "mode: password needs both; mode: none signs in as nobody");
  }
  return out;
}

void read_server(const Flow& flow, const Step& step, const Map& fields,
                 const vault::SecretResolver& secrets, Account& account) {
  account.auth = sign_in(flow, step, group(fields, "auth"), "auth");
  std::string user;
  if (account.auth.username) user = secrets.resolve(*account.auth.username, "username").reveal();
  account.endpoint = account::complete(account::Service::imap, endpoint_fields(fields), user);
  const Map* smtp = group(fields, "smtp");
  if (smtp) {
    account::Smtp out{.endpoint =
                          account::complete(account::Service::smtp, endpoint_fields(*smtp), user)};
    if (const Map* auth = group(*smtp, "auth")) out.auth = sign_in(flow, step, auth, "smtp.auth");
    account.smtp = std::move(out);
    return;
  }
  try {
    account.smtp = account::Smtp{.endpoint = account::complete(account::Service::smtp, {}, user)};
  } catch (const Error&) {
    // No known submission server: the session reads, and send says what is missing.
  }
}

}  // namespace

account::Account read_account(const Flow& flow, const Step& step, const Map& fields,
                              const vault::SecretResolver& secrets) {
  Account account;
  account.place = fmt::format("{}:{}", flow.file, step.place.line);
  try {
    account.session = text(fields, "session");
    account.kind = text(fields, "to") == "maildir" ? account::Kind::maildir : account::Kind::server;
    account.mailbox = text(fields, "mailbox");
    account.from = text(fields, "from");
    account.tls_ca = text(fields, "tls_ca");
    account.tls_client_certificate = text(fields, "tls_client_certificate");
    account.tls_client_key = text(fields, "tls_client_key");
    account.tls_pins = pins(fields);
    account.proxy = proxy(fields);
    account.allow_plaintext = flag(fields, "allow_plaintext");
    if (const auto* timeout = find(fields, "timeout")) {
      if (const auto* ms = timeout->as<std::int64_t>())
        account.timeout = std::chrono::milliseconds(*ms);
    }
    if (account.kind == account::Kind::server) {
      read_server(flow, step, fields, secrets, account);
    } else {
      account.auth.mode = account::AuthMode::none;
      account.path = text(fields, "path");
      if (account.path.empty()) {
        throw Error(ErrorKind::config, "connect.no_path", "to: maildir needs a path",
                    "add path: FOLDER");
      }
    }
  } catch (const Error& error) {
    throw error.during(account.place);
  }
  return account;
}

}  // namespace postroom::flow
