// HttpClient: HTTP requests to one service after another under one TlsPolicy and one ProxyPolicy;
// connections are kept and shared between requests.
//
// Knows: URLs, HTTP, the same checks and error codes as Connector. Does not know: what a status or
// a body means, tokens, retries, and whether a credential may go to this URL (a caller with one
// insists on https).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/task.hpp"
#include "net/proxy_policy.hpp"
#include "net/tls_policy.hpp"

namespace postroom::net {

using base::Task;

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpLimits {
  std::chrono::milliseconds connect{60'000};  // name, proxy, TCP and TLS together
  std::chrono::milliseconds idle{120'000};    // no byte either way, once connected; zero: none
  std::chrono::milliseconds total{600'000};   // all of it; zero: none
  std::uint64_t body = 16 << 20;  // of an answer in memory, unpacked: tokens and pages are small
  std::uint64_t streamed = 4ull << 30;  // of an answer into a sink: a disk is not endless
  std::size_t headers = 256 << 10;      // all headers of all answers to one request
  int redirects = 0;                    // followed; 0: an answer 3xx is an answer like any other
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http or https
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  base::ByteSource* source = nullptr;  // in place of `body`; outlives the request
  base::ByteSink* sink = nullptr;      // takes the body of a 2xx answer; outlives the request
  HttpLimits limits = {};
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers;  // of the last answer
  std::string body;                 // empty where it went to the sink

  // Its value; empty when it is missing. Names are compared without case.
  std::string_view header(std::string_view name) const noexcept;
};

struct HttpPolicy {
  TlsPolicy tls = {};
  ProxyPolicy proxy = {};
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Any number at the same time, on one loop at a time. An answer of any status is a response.
  // Throws what Connector::open throws, with the same codes; Error{network, "net.closed"},
  // Error{timed_out, "net.stalled" or "net.timed_out"}, Error{refused, "http.too_large"},
  // Error{protocol, "http.redirects" or "http.broken"}, Error{config, "http.bad_url" or
  // "http.bad_request"}, and what source and sink throw. Errors show scheme, host, port and path,
  // never the query, the headers or the body.
  virtual Task<HttpResponse> send(HttpRequest request) = 0;
};

// On libcurl. Outlives its requests.
std::unique_ptr<HttpClient> make_http_client(HttpPolicy policy);

}  // namespace postroom::net
