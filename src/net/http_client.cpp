#include "net/http_client.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include <curl/curl.h>

#include "base/date.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "net/cancelled.hpp"
#include "net/curl_error.hpp"
#include "net/curl_loop.hpp"
#include "net/curl_url.hpp"
#include "net/dialer.hpp"
#include "net/proxy_error.hpp"
#include "net/tls_context.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;
using HttpTime = std::chrono::steady_clock;

struct EasyDeleter {
  void operator()(CURL* it) const noexcept { curl_easy_cleanup(it); }
  void operator()(curl_slist* it) const noexcept { curl_slist_free_all(it); }
};
using EasyPtr = std::unique_ptr<CURL, EasyDeleter>;
using ListPtr = std::unique_ptr<curl_slist, EasyDeleter>;

Error bad_request(std::string why) {
  return {ErrorKind::config, "http.bad_request", "the request cannot be sent: " + why,
          "take line ends and control characters out"};
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return c > ' ' && c < 0x7f &&
           !std::string_view("()<>@,;:\\\"/[]?={}").contains(static_cast<char>(c));
  });
}

ListPtr header_list(const std::vector<HttpHeader>& headers) {
  ListPtr list;
  auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    list.release();
    list.reset(longer);
  };
  for (const auto& header : headers) {
    bool is_clean = std::ranges::none_of(
        header.value, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
    if (!is_token(header.name) || !is_clean)
      throw bad_request("header " + base::printable(header.name, 50) + " is malformed");
    // RFC 9110 section 5.5; libcurl writes "Name;" for a header without a value.
    std::string line = header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
    append(line);
    base::wipe(line);
  }
  append("Expect:");  // waiting for 100 costs a second where a server does not know it
  return list;
}

// One request on its way, and what libcurl calls.
class Transfer {
 public:
  Transfer(HttpRequest& request, const HttpPolicy& policy, TlsContexts& contexts, CurlLoop& loop,
           const boost::asio::any_io_executor& executor)
      : request_(request),
        policy_(policy),
        contexts_(contexts),
        loop_(loop),
        state_(executor),
        url_(parse_http_url(request.url)),
        headers_(header_list(request.headers)),
        easy_(curl_easy_init()) {
    if (!easy_) throw std::bad_alloc();
    Traffic traffic = url_.scheme == "http" ? Traffic::plain_http : Traffic::other;
    proxy_ = proxy_for(policy.proxy, url_.host, url_.port, traffic);
    // Before anything is sent: a file that cannot be read is a setting to mend.
    if (url_.scheme == "https") target_tls_ = contexts_.context_of(policy_.tls);
    if (proxy_ && proxy_->scheme == ProxyScheme::https)
      proxy_tls_ = contexts_.context_of({policy_.tls.extra_ca});
    set_request();
    set_connection();
    set_callbacks();
    started_ = last_activity_ = HttpTime::now();
    loop_.add(easy_.get(), executor);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    loop_.remove(easy_.get());
    // Tokens and client secrets travel here.
    for (auto& header : request_.headers) base::wipe(header.value);
    base::wipe(request_.body);
  }

  Task<void> wait() {
    auto cancellation = co_await boost::asio::this_coro::cancellation_state;
    while (!state_.ended) {
      throw_if_cancelled(cancellation);
      const auto until = next_deadline();
      co_await state_.bell.wait(until);
      if (state_.ended) break;
      throw_if_cancelled(cancellation);
      throw_if_late();
    }
  }

  HttpResponse finish() {
    if (failure_) std::rethrow_exception(failure_);
    CurlSide side{url_.host,
                  to_host_port(url_.host, url_.port),
                  url_.shown,
                  proxy_,
                  !policy_.tls.client_certificate.empty(),
                  url_.scheme == "https" || is_socks(),
                  is_proxy_next_after(handshakes_ - 1)};
    if (state_.result != CURLE_OK) {
      CurlEnd end{easy_.get(), state_.result, words_.data()};
      throw curl_error(end, side, notes_);
    }
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    // Plain HTTP through a proxy: its own answer looks like the server's.
    if (status == 407 && proxy_) throw proxy_sign_in_error(*proxy_, offered_by_proxy(easy_.get()));
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }

 private:
  template <class T>
  void set(CURLoption option, T value) {
    CURLcode result = curl_easy_setopt(easy_.get(), option, value);
    // What is not set might be a check: nothing may go on without it.
    if (result == CURLE_OK) return;
    throw Error(
        ErrorKind::internal, "http.no_client",
        "libcurl lacks option " + std::to_string(option) + ": " + curl_easy_strerror(result));
  }

  // Whose handshake is it that comes after `done` others?
  bool is_proxy_next_after(int done) const {
    return proxy_tls_ && done >= 0 && (!target_tls_ || done % 2 == 0);
  }

  bool is_socks() const {
    return proxy_ &&
           (proxy_->scheme == ProxyScheme::socks5 || proxy_->scheme == ProxyScheme::socks5h);
  }

  void set_request() {
    if (!is_token(request_.method)) throw bad_request("its method is malformed");
    set(CURLOPT_CURLU, url_.url.get());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, url_.scheme == "https" ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, request_.limits.redirects > 0 ? 1L : 0L);
    set(CURLOPT_MAXREDIRS, static_cast<long>(request_.limits.redirects));
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_USERAGENT, "postroom");
    set(CURLOPT_ACCEPT_ENCODING, "");
    if (request_.source) {
      set(CURLOPT_UPLOAD, 1L);
      set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.source->size()));
    } else if (!request_.body.empty() || request_.method == "POST" || request_.method == "PUT") {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
    } else if (request_.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    }
    if (request_.method != "GET" || request_.source || !request_.body.empty())
      set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }

  void set_connection() {
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.limits.connect.count()));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a look-up left behind is not waited for
    set(CURLOPT_SHARE, loop_.share());
    set(CURLOPT_PROXY, proxy_ ? to_words(*proxy_).c_str() : "");  // "": and none of the environment
    set(CURLOPT_NOPROXY, "");
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_SOCKS5_AUTH, static_cast<long>(CURLAUTH_BASIC));
    if (proxy_ && proxy_->signs_in) {
      std::string password(proxy_->password.reveal());
      set(CURLOPT_PROXYUSERNAME, proxy_->user.c_str());
      set(CURLOPT_PROXYPASSWORD, password.c_str());
      base::wipe(password);
    }
    // Our own checks stand in arm_tls; libcurl's look at the name stays as a second belt.
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    const char* none = nullptr;  // no bundle of libcurl's: it would parse it for each connection
    for (auto option : {CURLOPT_CAINFO, CURLOPT_CAPATH, CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH})
      set(option, none);
    set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::arm_tls);
    set(CURLOPT_SSL_CTX_DATA, this);
  }

  void set_callbacks() {
    set(CURLOPT_PRIVATE, static_cast<void*>(&state_));
    set(CURLOPT_ERRORBUFFER, words_.data());
    set(CURLOPT_WRITEFUNCTION, &Transfer::take_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::take_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_READFUNCTION, &Transfer::give_body);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, &Transfer::rewind_body);
    set(CURLOPT_SEEKDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::note_progress);
    set(CURLOPT_XFERINFODATA, this);
    set(CURLOPT_PREREQFUNCTION, &Transfer::note_connected);
    set(CURLOPT_PREREQDATA, this);
  }

  HttpTime::time_point next_deadline() const {
    auto until = HttpTime::time_point::max();
    if (request_.limits.total.count() > 0) until = started_ + request_.limits.total;
    if (is_connected_ && request_.limits.idle.count() > 0)
      until = std::min(until, last_activity_ + request_.limits.idle);
    // note_connected and note_progress ring no bell: look again now and then.
    constexpr std::chrono::milliseconds shortest{10}, longest{1'000};
    auto look_again = longest;
    if (request_.limits.idle.count() > 0)
      look_again =
          std::clamp<std::chrono::milliseconds>(request_.limits.idle / 4, shortest, longest);
    return std::min(until, HttpTime::now() + look_again);
  }

  void throw_if_late() const {
    auto now = HttpTime::now();
    bool is_late = request_.limits.total.count() > 0 && now >= started_ + request_.limits.total;
    bool is_idle = is_connected_ && request_.limits.idle.count() > 0 &&
                   now >= last_activity_ + request_.limits.idle;
    if (!is_late && !is_idle) return;
    Error error = is_late
                      ? Error(ErrorKind::timed_out, "net.timed_out",
                              "the request to " + url_.shown + " took longer than " +
                                  base::to_words(request_.limits.total),
                              "try again later, or raise the limit")
                      : Error(ErrorKind::timed_out, "net.stalled",
                              to_host_port(url_.host, url_.port) + " sent and took nothing for " +
                                  base::to_words(request_.limits.idle),
                              "the server may be overloaded: try again");
    error.set_transient(true);
    throw error;
  }

  // Called before each handshake: with the proxy first, where that has TLS of its own, then with
  // the target. Were the order ever another, the names would not fit and nothing would connect.
  // The notes are written during the handshake only (no renegotiation): this outlives it.
  static CURLcode arm_tls(CURL* easy, void* context_pointer, void* self_pointer) {
    auto* self = static_cast<Transfer*>(self_pointer);
    auto* context = static_cast<SSL_CTX*>(context_pointer);
    try {
      bool is_proxy = self->is_proxy_next_after(self->handshakes_++);
      std::string host = is_proxy ? self->proxy_->host : self->host_now(easy);
      const auto& tls = is_proxy ? self->proxy_tls_ : self->target_tls_;
      if (host.ends_with('.')) host.pop_back();
      if (!tls) return CURLE_SSL_CONNECT_ERROR;  // sent on from http to https
      tls->arm(context);
      self->notes_ = {};
      keep_notes(context, &self->notes_);
      return expect_name(SSL_CTX_get0_param(context), host) ? CURLE_OK : CURLE_SSL_CONNECT_ERROR;
    } catch (...) {
      self->failure_ = std::current_exception();
      return CURLE_SSL_CONNECT_ERROR;
    }
  }

  // After a redirect it is another than the request's.
  std::string host_now(CURL* easy) const {
    if (request_.limits.redirects == 0) return url_.host;
    const char* effective = nullptr;
    curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &effective);
    return effective ? parse_http_url(effective).host : url_.host;
  }

  // Runs `work`; what it throws ends the transfer.
  template <class Work>
  std::size_t guarded(std::size_t on_failure, Work work) noexcept {
    try {
      last_activity_ = HttpTime::now();
      return work();
    } catch (...) {
      failure_ = std::current_exception();
      return on_failure;
    }
  }

  static std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* self_pointer) {
    auto* self = static_cast<Transfer*>(self_pointer);
    return self->guarded(0, [&]() -> std::size_t {
      self->header_bytes_ += size;
      if (self->header_bytes_ > self->request_.limits.headers) throw self->too_large("headers");
      std::string_view line = base::trim(std::string_view(bytes, size));
      if (line.starts_with("HTTP/")) self->response_.headers.clear();  // of the answer before it
      auto colon = line.find(':');
      if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
        self->response_.headers.push_back(
            {std::string(line.substr(0, colon)), std::string(base::trim(line.substr(colon + 1)))});
      return size;
    });
  }

  static std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* self_pointer) {
    auto* self = static_cast<Transfer*>(self_pointer);
    return self->guarded(0, [&]() -> std::size_t {
      long status = 0;
      curl_easy_getinfo(self->easy_.get(), CURLINFO_RESPONSE_CODE, &status);
      bool to_sink = self->request_.sink && status >= 200 && status < 300;
      const auto& limits = self->request_.limits;
      self->body_bytes_ += size;
      if (self->body_bytes_ > (to_sink ? limits.streamed : limits.body))
        throw self->too_large("answer");
      std::string_view chunk(bytes, size);
      if (to_sink)
        self->request_.sink->write(chunk);
      else
        self->response_.body += chunk;
      return size;
    });
  }

  static std::size_t give_body(char* into, std::size_t, std::size_t size, void* self_pointer) {
    auto* self = static_cast<Transfer*>(self_pointer);
    return self->guarded(CURL_READFUNC_ABORT, [&]() -> std::size_t {
      return self->request_.source ? self->request_.source->read(std::span(into, size)) : 0;
    });
  }

  static int rewind_body(void* self_pointer, curl_off_t offset, int origin) {
    auto* self = static_cast<Transfer*>(self_pointer);
    if (offset != 0 || origin != SEEK_SET || !self->request_.source) return CURL_SEEKFUNC_CANTSEEK;
    return static_cast<int>(self->guarded(CURL_SEEKFUNC_FAIL, [&]() -> std::size_t {
      self->request_.source->rewind();
      return CURL_SEEKFUNC_OK;
    }));
  }

  static int note_progress(void* self_pointer, curl_off_t, curl_off_t down, curl_off_t,
                           curl_off_t up) {
    auto* self = static_cast<Transfer*>(self_pointer);
    if (down + up != self->moved_) self->last_activity_ = HttpTime::now();
    self->moved_ = down + up;
    return 0;
  }

  static int note_connected(void* self_pointer, char*, char*, int, int) {
    auto* self = static_cast<Transfer*>(self_pointer);
    self->is_connected_ = true;
    self->last_activity_ = HttpTime::now();
    return CURL_PREREQFUNC_OK;
  }

  Error too_large(std::string_view what) const {
    return {ErrorKind::refused, "http.too_large",
            "the " + std::string(what) + " of " + url_.shown + " is larger than allowed",
            "ask for less at a time, or check that the URL is the right one"};
  }

  HttpRequest& request_;
  const HttpPolicy& policy_;
  TlsContexts& contexts_;
  CurlLoop& loop_;
  CurlTransfer state_;
  HttpUrl url_;
  ListPtr headers_;
  std::optional<Proxy> proxy_;
  std::shared_ptr<TlsContext> target_tls_;
  std::shared_ptr<TlsContext> proxy_tls_;
  int handshakes_ = 0;
  TlsNotes notes_;
  std::array<char, CURL_ERROR_SIZE> words_{};
  HttpTime::time_point started_;
  HttpTime::time_point last_activity_;
  bool is_connected_ = false;
  curl_off_t moved_ = 0;
  std::size_t header_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::exception_ptr failure_;
  HttpResponse response_;
  EasyPtr easy_;
};

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(HttpPolicy policy) : policy_(std::move(policy)) {}

  Task<HttpResponse> send(HttpRequest request) override {
    auto executor = co_await boost::asio::this_coro::executor;
    Transfer transfer(request, policy_, contexts_, loop_, executor);
    co_await transfer.wait();
    co_return transfer.finish();
  }

 private:
  HttpPolicy policy_;
  TlsContexts contexts_;  // outlives the connections that the loop keeps
  CurlLoop loop_;
};

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const noexcept {
  for (const auto& header : headers) {
    if (base::ascii_iequals(header.name, name)) return header.value;
  }
  return {};
}

std::unique_ptr<HttpClient> make_http_client(HttpPolicy policy) {
  return std::make_unique<CurlClient>(std::move(policy));
}

}  // namespace postroom::net
