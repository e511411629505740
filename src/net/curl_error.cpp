#include "net/curl_error.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "net/proxy_error.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

long fact(CURL* easy, CURLINFO which) {
  long value = 0;
  curl_easy_getinfo(easy, which, &value);
  return value;
}

curl_off_t moment(CURL* easy, CURLINFO which) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, which, &value);
  return value;
}

// libcurl quotes OpenSSL's error as "error:0A00010B:SSL routines::...".
unsigned long quoted_openssl_error(const std::string& words) {
  auto at = words.find("error:");
  if (at == std::string::npos) return 0;
  return std::strtoul(words.c_str() + at + 6, nullptr, 16);
}

std::string words_of_openssl(unsigned long code) {
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "the server closed the connection";
}

Error transient(Error error) {
  error.set_transient(true);
  return error;
}

// `peer` did not take the connection.
Error no_connection(const CurlEnd& end, const std::string& peer) {
  long system_error = fact(end.easy, CURLINFO_OS_ERRNO);
  if (system_error == ECONNREFUSED) {
    return transient({ErrorKind::network, "net.refused", peer + " refused the connection",
                      "nothing listens on this port: check host and port, or the server is down"});
  }
  if (system_error == ETIMEDOUT) {
    return transient({ErrorKind::timed_out, "net.timed_out",
                      "connecting to " + peer + ": no answer",
                      "check host and port; a firewall may drop this port"});
  }
  return transient(
      {ErrorKind::network, "net.unreachable",
       peer + " cannot be reached" +
           (system_error ? ": " + std::string(std::strerror(static_cast<int>(system_error)))
                         : std::string()),
       "check this machine's network, VPN and firewall"});
}

Error no_host(const std::string& host) {
  return {ErrorKind::network, "net.unknown_host",
          "there is no host named " + base::printable(host, 255),
          "check the spelling, and this machine's name servers"};
}

Error socks_error(const CurlEnd& end, const CurlSide& side) {
  long code = fact(end.easy, CURLINFO_PROXY_ERROR);
  const Proxy& proxy = *side.proxy;
  switch (code) {
    case CURLPX_NO_AUTH:
    case CURLPX_USER_REJECTED:
    case CURLPX_UNKNOWN_MODE:
    case CURLPX_GSSAPI:
      return proxy_sign_in_error(proxy, {});
    case CURLPX_REPLY_GENERAL_SERVER_FAILURE:
      return socks_reply_error(proxy, side.peer, 1);
    case CURLPX_REPLY_NOT_ALLOWED:
      return socks_reply_error(proxy, side.peer, 2);
    case CURLPX_REPLY_NETWORK_UNREACHABLE:
      return socks_reply_error(proxy, side.peer, 3);
    case CURLPX_REPLY_HOST_UNREACHABLE:
      return socks_reply_error(proxy, side.peer, 4);
    case CURLPX_REPLY_CONNECTION_REFUSED:
      return socks_reply_error(proxy, side.peer, 5);
    case CURLPX_REPLY_TTL_EXPIRED:
      return socks_reply_error(proxy, side.peer, 6);
    case CURLPX_REPLY_COMMAND_NOT_SUPPORTED:
      return socks_reply_error(proxy, side.peer, 7);
    case CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED:
      return socks_reply_error(proxy, side.peer, 8);
    case CURLPX_RESOLVE_HOST:
      return no_host(side.host);
    default:
      return proxy_protocol_error(proxy, "does not speak SOCKS 5", {});
  }
}

Error tls_error(const CurlEnd& end, const CurlSide& side, const TlsNotes& notes) {
  HandshakeEnd handshake;
  handshake.verdict = notes.verdict;  // libcurl's own goes astray behind an https proxy
  handshake.openssl_error = quoted_openssl_error(end.words);
  handshake.is_cut = handshake.openssl_error == 0;
  handshake.cause = words_of_openssl(handshake.openssl_error);
  if (end.result == CURLE_PEER_FAILED_VERIFICATION && handshake.verdict == X509_V_OK)
    handshake.verdict = X509_V_ERR_HOSTNAME_MISMATCH;  // libcurl's own look at the name
  if (side.is_at_proxy) {
    Error error = handshake_error(
        handshake, {side.proxy->host, "proxy " + to_words(*side.proxy), TlsMode::none, false},
        notes);
    if (error.code() == "tls.not_tls" || error.code() == "tls.handshake")
      error.set_hint("is it an http:// proxy, without TLS to the proxy itself?");
    return error.during("TLS to the proxy");
  }
  Error error = handshake_error(
      handshake, {side.host, side.peer, TlsMode::implicit, side.showed_certificate}, notes);
  if (error.code() == "tls.not_tls" || error.code() == "tls.handshake")
    error.set_hint("check host and port of the URL; it must be one for https");
  return error;
}

// Before the tunnel stood.
std::optional<Error> tunnel_error(const CurlEnd& end, const CurlSide& side) {
  if (!side.proxy) return std::nullopt;
  long status = fact(end.easy, CURLINFO_HTTP_CONNECTCODE);
  if (status >= 300)
    return connect_status_error(*side.proxy, side.peer, static_cast<int>(status),
                                offered_by_proxy(end.easy));
  bool has_tunnel = status >= 200 || !side.is_tunnelled;
  bool is_socks =
      side.proxy->scheme == ProxyScheme::socks5 || side.proxy->scheme == ProxyScheme::socks5h;
  if (has_tunnel || is_socks || moment(end.easy, CURLINFO_APPCONNECT_TIME_T) > 0)
    return std::nullopt;
  return proxy_protocol_error(*side.proxy, "gave no answer that is HTTP", {});
}

}  // namespace

std::string offered_by_proxy(CURL* easy) {
  long offered = fact(easy, CURLINFO_PROXYAUTH_AVAIL);
  std::string words;
  constexpr std::pair<unsigned long, const char*> names[] = {{CURLAUTH_BASIC, "Basic"},
                                                             {CURLAUTH_DIGEST, "Digest"},
                                                             {CURLAUTH_NTLM, "NTLM"},
                                                             {CURLAUTH_NEGOTIATE, "Negotiate"}};
  for (const auto& [bit, name] : names) {
    if (!(static_cast<unsigned long>(offered) & bit)) continue;
    if (!words.empty()) words += ", ";
    words += name;
  }
  return words;
}

Error curl_error(const CurlEnd& end, const CurlSide& side, const TlsNotes& notes) {
  switch (end.result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return no_host(side.host);
    case CURLE_COULDNT_RESOLVE_PROXY:
      return proxy_unreachable(*side.proxy, no_host(side.proxy->host));
    case CURLE_COULDNT_CONNECT:
      if (!side.proxy) return no_connection(end, side.peer);
      return proxy_unreachable(*side.proxy, no_connection(end, to_words(*side.proxy)));
    case CURLE_PROXY:
      return socks_error(end, side);
    case CURLE_OPERATION_TIMEDOUT: {
      Error error = transient({ErrorKind::timed_out, "net.timed_out",
                               "connecting to " + side.peer + " took too long",
                               "check host and port; a firewall may drop this port"});
      bool at_proxy = side.proxy && moment(end.easy, CURLINFO_CONNECT_TIME_T) == 0;
      return at_proxy ? proxy_unreachable(*side.proxy, error) : error;
    }
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return tls_error(end, side, notes);
    case CURLE_TOO_MANY_REDIRECTS:
      return {ErrorKind::protocol, "http.redirects",
              side.shown + " sends on to another address too many times",
              "check the URL, or name the address where it ends"};
    case CURLE_URL_MALFORMAT:
      return {ErrorKind::config, "http.bad_url", side.shown + " is not a URL for HTTP",
              "write https://HOST/PATH"};
    default:
      break;
  }
  if (auto tunnel = tunnel_error(end, side)) return *tunnel;
  auto refused = client_certificate_error(
      quoted_openssl_error(end.words),
      {side.host, side.peer, TlsMode::implicit, side.showed_certificate}, notes);
  if (refused) return *refused;
  switch (end.result) {
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return transient({ErrorKind::network, "net.closed",
                        "the connection to " + side.peer + " broke",
                        "check the network, then try again"});
    default:
      return {ErrorKind::protocol, "http.broken",
              side.peer + " answered what is not HTTP: " + curl_easy_strerror(end.result),
              "check host and port of the URL"};
  }
}

}  // namespace postroom::net
