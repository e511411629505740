// ProxyPolicy: whether a connection goes through a proxy, and through which. Reads the URLs and the
// environment variables. Pure, but for the environment.
//
// Does not know: sockets, and how a proxy is spoken to.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace postroom::net {

enum class ProxyScheme {
  http,     // HTTP CONNECT (RFC 9110 section 9.3.6)
  https,    // the same, with TLS to the proxy
  socks5,   // RFC 1928; names are looked up here
  socks5h,  // names are looked up by the proxy
};

struct Proxy {
  ProxyScheme scheme = ProxyScheme::http;
  std::string host;
  std::uint16_t port = 0;
  bool signs_in = false;
  std::string user;
  base::Secret password;
};

// "http://proxy.example.com:3128": never user or password.
std::string to_words(const Proxy& proxy);

struct ProxyPolicy {
  enum class From { nowhere, environment, setting };
  From from = From::nowhere;
  std::optional<Proxy> proxy = {};  // for setting; used for every host, this machine included
};

// [SCHEME://][USER[:PASSWORD]@]HOST[:PORT], user and password percent-encoded; without a scheme
// http, without a port 1080 (https 443), as curl has it. Throws Error{config, "net.bad_proxy"},
// which never shows the password.
Proxy parse_proxy(std::string_view url);

// "none", "env" or a URL. Empty: env.
ProxyPolicy parse_proxy_policy(std::string_view text);

// What the look-up in the environment stands for.
enum class Traffic { plain_http, other };
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> process_environment(const char* name);

// The proxy for this target, or nothing. From the environment, as curl reads it: https_proxy,
// HTTPS_PROXY, all_proxy, ALL_PROXY (plain_http: http_proxy, in lower case only, and then these two
// last), unless no_proxy or NO_PROXY names the target; never for this machine. Throws Error{config,
// "net.bad_proxy"}.
std::optional<Proxy> proxy_for(const ProxyPolicy& policy, const std::string& host,
                               std::uint16_t port, Traffic traffic = Traffic::other,
                               const Environment& environment = process_environment);

// Is `host` on this NO_PROXY list? Entries are parted by commas or spaces: "*", a domain (which
// covers the names below it; a leading dot changes nothing), an address, a network (10.0.0.0/8,
// fd00::/8), each with an optional ":port".
bool is_exempt(std::string_view list, std::string_view host, std::uint16_t port);

}  // namespace postroom::net
