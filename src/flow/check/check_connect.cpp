#include "flow/check/check_connect.hpp"

#include <fmt/format.h>

#include "account/endpoints.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "flow/load/secret_field.hpp"
#include "net/proxy_policy.hpp"
#include "net/tls_policy.hpp"

namespace postroom::flow {
namespace {

const Node* find(const NodeMap& map, std::string_view name) noexcept {
  for (const auto& entry : map) {
    if (entry.name == name) return &entry.node;
  }
  return nullptr;
}

// A constant's text; nothing when the field is left out or computed.
std::optional<std::string> constant(const Node* node) {
  const auto* text = node ? std::get_if<Template>(&node->data) : nullptr;
  if (!text || !text->is_constant()) return std::nullopt;
  return text->constant_text();
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" || host.starts_with("127.") ||
         host.ends_with(".localhost");
}

void check_port(const NodeMap& fields, Complaints& complaints) {
  const auto* node = find(fields, "port");
  auto text = constant(node);
  if (!text) return;
  auto port = base::to_number(*text);
  if (!port || *port < 1 || *port > 65'535) {
    complaints.error("connect.bad_port", fmt::format("{} is not a port", *text),
                     "a port is a whole number from 1 to 65535", node->place);
  }
}

void check_tls(const NodeMap& fields, bool is_allowed, Complaints& complaints) {
  const auto* tls = find(fields, "tls");
  auto host = constant(find(fields, "host"));
  if (constant(tls) != "none" || is_allowed || !host || is_loopback(*host)) return;
  complaints.error(
      "connect.plaintext",
      fmt::format("tls: none would send the password to {} in the clear", in_quotes(*host)),
      "use tls: implicit or starttls, or accept it with allow_plaintext: true", tls->place);
}

// A constant that `parse` does not take is told as it says, at the constant.
template <class Parse>
void check_constant(const Node& node, Parse parse, Complaints& complaints) {
  auto text = constant(&node);
  if (!text) return;
  try {
    parse(*text);
  } catch (const base::Error& error) {
    complaints.error(error.code(), error.message(), error.hint(), node.place);
  }
}

void check_pins(const Node& node, Complaints& complaints) {
  auto parse_some = [](const std::string& text) {
    // The list may be written as one text.
    for (auto separator = text.find_first_of(",;"), from = std::size_t{0};;
         separator = text.find_first_of(",;", from)) {
      net::parse_pin(std::string_view(text).substr(from, separator - from));
      if (separator == std::string::npos) return;
      from = separator + 1;
    }
  };
  if (const auto* list = std::get_if<NodeList>(&node.data)) {
    for (const auto& item : *list) check_constant(item, parse_some, complaints);
  } else {
    check_constant(node, parse_some, complaints);
  }
}

void check_proofs(const Step& step, Complaints& complaints) {
  if (const auto* proxy = step.field("proxy")) {
    check_constant(
        *proxy, [](const std::string& text) { net::parse_proxy_policy(text); }, complaints);
  }
  if (const auto* pins = step.field("tls_pin_sha256")) check_pins(*pins, complaints);
  const auto* key = step.field("tls_client_key");
  if (key && !step.field("tls_client_certificate")) {
    complaints.error("connect.wrong_field", "tls_client_key stands alone: there is no certificate",
                     "add tls_client_certificate, or remove it", key->key_place);
  }
}

void check_auth(const NodeMap& fields, Place place, std::string_view name, Complaints& complaints) {
  const auto* auth = find(fields, "auth");
  const auto* map = auth ? std::get_if<NodeMap>(&auth->data) : nullptr;
  if (!map) return;
  auto mode = constant(find(*map, "mode"));
  if (find(*map, "mode") && mode != "password" && mode != "basic") return;
  for (std::string_view field : {"username", "password"}) {
    if (find(*map, field)) continue;
    complaints.error("connect.no_sign_in", fmt::format("{} has no {}", name, field),
                     "mode: password needs both; mode: none signs in as nobody",
                     auth->place.line ? auth->place : place);
  }
}

}  // namespace

bool can_send(const Flow& flow, const Step& connect) {
  if (connect.field("smtp")) return true;
  if (constant(connect.field("to")) == "maildir") return false;
  // Without smtp the domain of the user name tells the server; one that is not written here may be
  // any.
  const auto user = secret_source(flow, connect, "auth.username");
  const auto* name = user ? std::get_if<vault::InsecureString>(&user->from) : nullptr;
  if (user && !name) return true;
  try {
    account::complete(account::Service::smtp, {}, name ? name->text.reveal() : "");
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

void check_connect(const Step& step, Complaints& complaints) {
  auto to = constant(step.field("to"));
  if (to == "maildir") {
    if (!step.field("path"))
      complaints.error("connect.no_path", "to: maildir needs a path", "add path: FOLDER",
                       step.place);
    for (std::string_view name :
         {"protocol", "host", "port", "tls", "auth", "tls_ca", "tls_pin_sha256",
          "tls_client_certificate", "tls_client_key", "proxy"}) {
      if (const auto* node = step.field(name)) {
        complaints.error("connect.wrong_field",
                         fmt::format("{} belongs to to: server, not to a maildir", name),
                         "remove it", node->key_place);
      }
    }
    return;
  }
  if (to != "server") return;
  bool is_plain_allowed = constant(step.field("allow_plaintext")) == "true";
  if (const auto* path = step.field("path")) {
    complaints.error("connect.wrong_field", "path belongs to to: maildir, not to a server",
                     "remove it", path->key_place);
  }
  check_port(step.fields, complaints);
  check_tls(step.fields, is_plain_allowed, complaints);
  check_auth(step.fields, step.place, "auth", complaints);
  check_proofs(step, complaints);
  const auto* smtp = step.field("smtp");
  if (const auto* map = smtp ? std::get_if<NodeMap>(&smtp->data) : nullptr) {
    check_port(*map, complaints);
    check_tls(*map, is_plain_allowed, complaints);
    check_auth(*map, step.place, "smtp.auth", complaints);
  }
}

}  // namespace postroom::flow
