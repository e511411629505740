#include "net/proxy_error.hpp"

#include "base/text.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

Error proxy_refused(const Proxy& proxy, const std::string& peer, const std::string& why) {
  return {
      ErrorKind::network, "net.proxy_refused",
      "the proxy " + to_words(proxy) + " does not connect to " + peer + ": " + why,
      "ask who runs the proxy to allow connections to " + peer + ", or go without it: proxy: none"};
}

Error target_unreachable(const Proxy& proxy, const std::string& peer, const std::string& why) {
  Error error(ErrorKind::network, "net.proxy_target_unreachable",
              "the proxy " + to_words(proxy) + " cannot reach " + peer + ": " + why,
              "the proxy itself answers: check host and port of the server, then ask who runs the "
              "proxy");
  error.set_transient(true);
  return error;
}

}  // namespace

Error proxy_unreachable(const Proxy& proxy, const Error& cause) {
  ErrorKind kind = cause.kind() == ErrorKind::timed_out ? ErrorKind::timed_out : ErrorKind::network;
  Error error(kind, "net.proxy_unreachable",
              "the proxy " + to_words(proxy) + " cannot be reached: " + cause.message(),
              "check the proxy's host and port (proxy: in the connect step, or HTTPS_PROXY and "
              "ALL_PROXY), or go without it: proxy: none");
  error.set_transient(cause.transient());
  return error;
}

Error proxy_sign_in_error(const Proxy& proxy, std::string_view offered) {
  std::string name = to_words(proxy);
  bool takes_basic = offered.empty() || base::ascii_lower(offered).contains("basic");
  if (!takes_basic) {
    return {ErrorKind::auth, "net.proxy_sign_in",
            "the proxy " + name + " takes no user name and password, only " +
                base::printable(offered, 100),
            "ask who runs the proxy for Basic sign-in, or run a local relay that signs in for you"};
  }
  if (proxy.signs_in) {
    return {ErrorKind::auth, "net.proxy_sign_in",
            "the proxy " + name + " refused the user name or password",
            "check USER:PASSWORD in the proxy's URL; special characters are written as %XX (@ is "
            "%40)"};
  }
  return {ErrorKind::auth, "net.proxy_sign_in",
          "the proxy " + name + " wants a user name and password",
          "write them into the proxy's URL: USER:PASSWORD@ before the host"};
}

Error connect_status_error(const Proxy& proxy, const std::string& peer, int status,
                           std::string_view offered) {
  std::string code = std::to_string(status);
  switch (status) {
    case 407:
      return proxy_sign_in_error(proxy, offered);
    case 403:
      return proxy_refused(proxy, peer, "its rules forbid it (403)");
    case 404:
    case 502:
      return target_unreachable(proxy, peer, "no such host, or it does not answer (" + code + ")");
    case 503:
      return target_unreachable(proxy, peer, "it is overloaded or the server is down (503)");
    case 504:
      return target_unreachable(proxy, peer, "the server did not answer in time (504)");
    default:
      break;
  }
  if (status >= 500) return target_unreachable(proxy, peer, "it answered " + code);
  if (status == 400 || status == 405 || status == 501)
    return proxy_refused(proxy, peer, "it takes no CONNECT (" + code + ")");
  return proxy_refused(proxy, peer, "it answered " + code);
}

Error socks_reply_error(const Proxy& proxy, const std::string& peer, int reply) {
  switch (reply) {
    case 1:
      return target_unreachable(proxy, peer, "it says no more than that it failed");
    case 2:
      return proxy_refused(proxy, peer, "its rules forbid it");
    case 3:
      return target_unreachable(proxy, peer, "no way to its network");
    case 4:
      return target_unreachable(proxy, peer, "no such host, or it does not answer");
    case 5:
      return target_unreachable(proxy, peer, "the server refused the connection");
    case 6:
      return target_unreachable(proxy, peer, "the way there is too long (TTL expired)");
    case 7:
      return proxy_refused(proxy, peer, "it takes no CONNECT");
    case 8: {
      Error error = proxy_refused(proxy, peer, "it does not take this kind of address");
      error.set_hint(
          "let the proxy look up the name: write socks5h:// in place of socks5://, or the other "
          "way round");
      return error;
    }
    default:
      return proxy_protocol_error(proxy, "gave an unknown SOCKS reply, " + std::to_string(reply),
                                  {});
  }
}

Error proxy_protocol_error(const Proxy& proxy, const std::string& what, std::string_view heard) {
  bool is_socks = proxy.scheme == ProxyScheme::socks5 || proxy.scheme == ProxyScheme::socks5h;
  Error error(
      ErrorKind::protocol, "net.proxy_protocol", "the proxy " + to_words(proxy) + " " + what,
      is_socks ? "check the port and the kind of proxy: is it an http:// proxy?"
               : "check the port and the kind of proxy: is it an https:// or socks5h:// proxy?");
  if (!heard.empty()) error.set_server_text(heard);
  return error;
}

}  // namespace postroom::net
