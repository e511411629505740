#include "net/proxy_policy.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <boost/asio/ip/address.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "net/connector.hpp"
#include "net/url_scheme.hpp"

namespace postroom::net {
namespace {

namespace asio_ip = boost::asio::ip;
using base::Error;
using base::ErrorKind;

// Longer ones are mistakes; a URL with the longest user name and password that SOCKS takes fits.
constexpr std::size_t longest_proxy_url = 2'000;

Error bad_proxy(std::string why) {
  return {ErrorKind::config, "net.bad_proxy", "the proxy setting " + why,
          "write proxy: http://HOST:PORT or socks5h://HOST:PORT (with USER:PASSWORD@ before HOST "
          "where it wants a sign-in), env, or none"};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    int value = 0;
    for (char c : text.substr(i + 1, 2)) {
      int digit = c >= '0' && c <= '9'   ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
      if (digit < 0) return std::nullopt;
      value = value * 16 + digit;
    }
    if (value == 0) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

ProxyScheme parse_scheme(std::string_view url) {
  std::string scheme = base::ascii_lower(url_scheme(url));
  if (scheme == "http") return ProxyScheme::http;
  if (scheme == "https") return ProxyScheme::https;
  if (scheme == "socks5") return ProxyScheme::socks5;
  if (scheme == "socks5h") return ProxyScheme::socks5h;
  if (scheme.empty()) throw bad_proxy("is no URL: what stands before :// is no kind of proxy");
  throw bad_proxy("names \"" + scheme +
                  "\", which is no kind of proxy known here (http, https, socks5, socks5h)");
}

void split_host_port(std::string_view text, Proxy& proxy) {
  std::string_view port;
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == std::string_view::npos) throw bad_proxy("has a [ without a ]");
    proxy.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    auto colon = text.find(':');
    proxy.host = text.substr(0, colon);
    if (colon != std::string_view::npos) port = text.substr(colon);
  }
  bool is_odd = std::ranges::any_of(proxy.host, [](unsigned char c) {
    return c <= ' ' || c == 0x7f || std::string_view("/?#@\\\"<>").contains(static_cast<char>(c));
  });
  if (proxy.host.empty() || is_odd) throw bad_proxy("names no host");
  if (port.empty()) {
    proxy.port = proxy.scheme == ProxyScheme::https ? 443 : 1080;
    return;
  }
  auto number = port.starts_with(':') ? base::to_number(port.substr(1)) : std::nullopt;
  if (!number || *number < 1 || *number > 65'535)
    throw bad_proxy("has no port that is a whole number from 1 to 65535");
  proxy.port = static_cast<std::uint16_t>(*number);
}

std::optional<asio_ip::address> to_address(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  boost::system::error_code error;
  auto address = asio_ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio_ip::make_address_v4(asio_ip::v4_mapped, address.to_v6());
  return address;
}

bool is_in_network(const asio_ip::address& address, std::string_view network) {
  auto slash = network.find('/');
  auto base_address = to_address(network.substr(0, slash));
  if (!base_address || base_address->is_v4() != address.is_v4()) return false;
  if (slash == std::string_view::npos) return *base_address == address;
  auto bits = base::to_number(network.substr(slash + 1));
  if (!bits || *bits > (address.is_v4() ? 32u : 128u)) return false;
  auto same_bits = [&](const auto& a, const auto& b) {
    std::size_t left = *bits;
    for (std::size_t i = 0; i < a.size() && left > 0; ++i) {
      std::size_t now = std::min<std::size_t>(left, 8);
      if ((a[i] ^ b[i]) >> (8 - now)) return false;
      left -= now;
    }
    return true;
  };
  return address.is_v4() ? same_bits(address.to_v4().to_bytes(), base_address->to_v4().to_bytes())
                         : same_bits(address.to_v6().to_bytes(), base_address->to_v6().to_bytes());
}

// Takes a ":port" off the end. False when the entry is for another port.
bool take_port(std::string_view& entry, std::uint16_t port) {
  auto colon = entry.rfind(':');
  if (colon == std::string_view::npos) return true;
  bool is_bracketed = entry.starts_with('[') && colon > 0 && entry[colon - 1] == ']';
  if (entry.find(':') != colon && !is_bracketed) return true;  // a bare IPv6 address
  auto number = base::to_number(entry.substr(colon + 1));
  if (!number) return true;
  entry = entry.substr(0, colon);
  return *number == port;
}

bool entry_covers(std::string_view entry, std::string_view host,
                  const std::optional<asio_ip::address>& address, std::uint16_t port) {
  if (entry == "*") return true;
  if (!take_port(entry, port)) return false;
  if (entry == "*") return true;
  if (address) return is_in_network(*address, entry);
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.ends_with('.')) entry.remove_suffix(1);
  if (entry.empty() || entry.size() > host.size()) return false;
  if (!base::ascii_iequals(host.substr(host.size() - entry.size()), entry)) return false;
  return host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.';
}

}  // namespace

std::string to_words(const Proxy& proxy) {
  constexpr std::array<std::string_view, 4> names{"http", "https", "socks5", "socks5h"};
  std::string host = base::printable(proxy.host, 255);
  if (host.contains(':')) host = "[" + host + "]";
  return std::string(names[static_cast<std::size_t>(proxy.scheme)]) + "://" + host + ":" +
         std::to_string(proxy.port);
}

Proxy parse_proxy(std::string_view url) {
  url = base::trim(url);
  if (url.size() > longest_proxy_url) throw bad_proxy("is too long to be a URL");
  Proxy proxy;
  auto scheme_end = url.find("://");
  if (scheme_end != std::string_view::npos) {
    proxy.scheme = parse_scheme(url);
    url.remove_prefix(scheme_end + 3);
  }
  if (url.ends_with('/')) url.remove_suffix(1);
  auto at = url.rfind('@');
  if (at != std::string_view::npos) {
    std::string_view sign_in = url.substr(0, at);
    auto colon = sign_in.find(':');
    auto user = percent_decoded(sign_in.substr(0, colon));
    auto password = colon == std::string_view::npos ? std::optional<std::string>("")
                                                    : percent_decoded(sign_in.substr(colon + 1));
    if (!user || !password)
      throw bad_proxy("has a user name or password with a % that is not an escape: write %25");
    proxy.signs_in = true;
    proxy.user = std::move(*user);
    proxy.password = base::Secret(*password);
    base::wipe(*password);
    // RFC 7617 section 2: the first colon ends the user name. RFC 1929: each at most 255 bytes.
    if (proxy.user.contains(':')) throw bad_proxy("has a user name with a colon");
    if (proxy.user.size() > 255 || proxy.password.reveal().size() > 255)
      throw bad_proxy("has a user name or password of more than 255 bytes");
    url.remove_prefix(at + 1);
  }
  split_host_port(url, proxy);
  return proxy;
}

ProxyPolicy parse_proxy_policy(std::string_view text) {
  text = base::trim(text);
  if (text.empty() || text == "env") return {ProxyPolicy::From::environment};
  if (text == "none") return {ProxyPolicy::From::nowhere};
  return {ProxyPolicy::From::setting, parse_proxy(text)};
}

std::optional<std::string> process_environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value || !*value) return std::nullopt;
  return value;
}

bool is_exempt(std::string_view list, std::string_view host, std::uint16_t port) {
  if (host.ends_with('.')) host.remove_suffix(1);
  auto address = to_address(host);
  while (!list.empty()) {
    auto end = list.find_first_of(", \t");
    auto entry = list.substr(0, end);
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    if (!entry.empty() && entry_covers(entry, host, address, port)) return true;
  }
  return false;
}

std::optional<Proxy> proxy_for(const ProxyPolicy& policy, const std::string& host,
                               std::uint16_t port, Traffic traffic,
                               const Environment& environment) {
  if (policy.from == ProxyPolicy::From::setting) return policy.proxy;
  if (policy.from == ProxyPolicy::From::nowhere || is_loopback(host)) return std::nullopt;
  auto list = environment("no_proxy");
  if (!list) list = environment("NO_PROXY");
  if (list && is_exempt(*list, host, port)) return std::nullopt;
  const auto names =
      traffic == Traffic::plain_http
          // Upper case can be set by a request's "Proxy:" header where a web server
          // runs this as CGI.
          ? std::array<const char*, 4>{"http_proxy", "", "all_proxy", "ALL_PROXY"}
          : std::array<const char*, 4>{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  for (const char* name : names) {
    auto value = *name ? environment(name) : std::nullopt;
    if (!value) continue;
    try {
      return parse_proxy(*value);
    } catch (const Error& error) {
      throw error.during(std::string("environment variable ") + name);
    }
  }
  return std::nullopt;
}

}  // namespace postroom::net
