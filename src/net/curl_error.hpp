// From how libcurl ended to the same errors as Connector's. Internal to net/.
#pragma once

#include <optional>
#include <string>

#include <curl/curl.h>

#include "base/error.hpp"
#include "net/proxy_policy.hpp"
#include "net/tls_error.hpp"

namespace postroom::net {

struct CurlEnd {
  CURL* easy = nullptr;
  CURLcode result = CURLE_OK;
  std::string words;  // CURLOPT_ERRORBUFFER's; may quote a URL: never shown
};

// What was asked for, fit for messages.
struct CurlSide {
  std::string host;
  std::string peer;   // "host:port"
  std::string shown;  // the URL without user, query and fragment
  std::optional<Proxy> proxy;
  bool showed_certificate = false;
  bool is_tunnelled = false;  // https, or SOCKS
  bool is_at_proxy = false;   // the last handshake was with the proxy
};

base::Error curl_error(const CurlEnd& end, const CurlSide& side, const TlsNotes& notes);

// Ways to sign in that a proxy offered, in words.
std::string offered_by_proxy(CURL* easy);

}  // namespace postroom::net
