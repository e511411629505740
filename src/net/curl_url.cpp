#include "net/curl_url.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "net/dialer.hpp"
#include "net/url_scheme.hpp"

namespace postroom::net {
namespace {

std::string url_part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  std::string part;
  if (curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) == CURLUE_OK) part = text;
  curl_free(text);
  return part;
}

// A text with an @ may have a password before it, or a token in a query behind it.
std::string shown_of_no_url(std::string_view text) {
  if (!text.contains('@'))
    return "\"" + base::printable(text.substr(0, text.find_first_of("?#")), 100) + "\"";
  const std::string_view scheme = url_scheme(text);
  return scheme.empty() ? "what is given" : "\"" + std::string(scheme) + "://...\"";
}

}  // namespace

HttpUrl parse_http_url(const std::string& text) {
  HttpUrl parsed;
  parsed.url.reset(curl_url());
  CURLU* url = parsed.url.get();
  bool is_url =
      !text.contains('\0') && curl_url_set(url, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK;
  if (is_url) parsed.scheme = url_part(url, CURLUPART_SCHEME);
  if (parsed.scheme != "https" && parsed.scheme != "http") {
    throw base::Error(base::ErrorKind::config, "http.bad_url",
                      shown_of_no_url(text) + " is not a URL for HTTP", "write https://HOST/PATH");
  }
  parsed.host = url_part(url, CURLUPART_HOST);
  if (parsed.host.starts_with('[')) parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  parsed.port =
      static_cast<std::uint16_t>(base::to_number(url_part(url, CURLUPART_PORT)).value_or(0));
  parsed.shown = base::printable(parsed.scheme + "://" + to_host_port(parsed.host, parsed.port) +
                                     url_part(url, CURLUPART_PATH),
                                 300);
  return parsed;
}

}  // namespace postroom::net
