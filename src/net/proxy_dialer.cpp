#include "net/proxy_dialer.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "net/proxy_error.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

// A host goes into the proxy's own lines: nothing may end them early.
void refuse_odd_host(const std::string& host) {
  bool is_odd = std::ranges::any_of(host, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
  if (!host.empty() && host.size() <= 255 && !is_odd) return;
  throw Error(ErrorKind::network, "net.unknown_host",
              "\"" + base::printable(host, 255) + "\" cannot be a host name",
              "check the spelling of the host setting");
}

Task<boost::asio::ip::tcp::socket> dial_proxy(const Proxy& proxy, Dialer& dialer) {
  try {
    co_return co_await dialer.dial(proxy.host, proxy.port);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    throw proxy_unreachable(proxy, error);
  }
}

Task<void> secure_proxy(Line& line, const Proxy& proxy, TlsPeer tls) {
  tls.host = proxy.host;
  tls.session_key = "proxy " + proxy.host + ":" + std::to_string(proxy.port);
  try {
    co_await line.start_outer_tls(std::move(tls));
  } catch (const Error& error) {
    Error told = error.during("TLS to the proxy");
    if (error.code() == "tls.not_tls" || error.code() == "tls.handshake")
      told.set_hint("is it an http:// proxy, without TLS to the proxy itself?");
    throw told;
  }
}

}  // namespace

Task<std::unique_ptr<Line>> dial_through(const Proxy& proxy, Dialer& dialer, TlsPeer tls,
                                         const std::string& host, std::uint16_t port,
                                         DialStage& stage) {
  refuse_odd_host(host);
  stage = DialStage::to_proxy;
  auto socket = co_await dial_proxy(proxy, dialer);
  auto line = std::make_unique<Line>(std::move(socket), "proxy " + to_words(proxy));
  if (proxy.scheme == ProxyScheme::https) co_await secure_proxy(*line, proxy, std::move(tls));
  stage = DialStage::through_proxy;
  try {
    if (proxy.scheme == ProxyScheme::http || proxy.scheme == ProxyScheme::https)
      co_await connect_by_http(*line, proxy, host, port);
    else
      co_await connect_by_socks(*line, proxy, host, port);
  } catch (const Error& error) {
    if (error.code() != "net.closed") throw;
    throw proxy_protocol_error(proxy, "ended the connection before it answered", {});
  }
  stage = DialStage::to_target;
  line->socket().carry_on_to(to_host_port(host, port));
  co_return line;
}

}  // namespace postroom::net
