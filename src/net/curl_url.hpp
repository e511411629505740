// A URL of an HTTP request, taken apart by libcurl, so that what is checked is what is asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <curl/curl.h>

namespace postroom::net {

struct CurlUrlDeleter {
  void operator()(CURLU* it) const noexcept { curl_url_cleanup(it); }
};

struct HttpUrl {
  std::unique_ptr<CURLU, CurlUrlDeleter> url;
  std::string scheme;  // http or https
  std::string host;    // without brackets
  std::uint16_t port = 0;
  std::string shown;  // without user, query and fragment
};

// Error{config, "http.bad_url"} for what is none. The message shows no password: where there may
// be one, it names the scheme at most.
HttpUrl parse_http_url(const std::string& text);

}  // namespace postroom::net
