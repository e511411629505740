#include "net/resolver.hpp"

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <netdb.h>

#include "net/cancelled.hpp"
#include "net/child.hpp"

namespace postroom::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Error;
using base::ErrorKind;

struct ResolverLimits {
  std::size_t threads =
      8;  // look-ups at the same time; each may block for its name server's whole patience
  std::size_t addresses =
      64;  // for one name; a hostile name server could send thousands to be tried one by one
};
constexpr ResolverLimits limits;

asio::thread_pool& lookup_pool() {
  // Never destroyed: the end of the process must not wait for a name server.
  static auto* pool = new asio::thread_pool(limits.threads);
  return *pool;
}

// One look-up. It may outlive the task that asked, and that task's loop: nothing of the loop is in
// here but `loop`, which is empty once nobody waits.
struct Lookup {
  std::mutex mutex;
  std::optional<asio::any_io_executor> loop;  // under the mutex

  bool ended = false;  // set on the loop, after everything below
  int failure = 0;
  int system_error = 0;
  Endpoints found;
};

// While it lives, somebody waits for the answer.
class Interest {
 public:
  Interest(std::shared_ptr<Lookup> lookup, const asio::any_io_executor& loop)
      : lookup_(std::move(lookup)) {
    lookup_->loop = loop;
  }
  Interest(const Interest&) = delete;
  Interest& operator=(const Interest&) = delete;
  ~Interest() {
    std::lock_guard lock(lookup_->mutex);
    lookup_->loop.reset();
  }

 private:
  std::shared_ptr<Lookup> lookup_;
};

void look_up(Lookup& lookup, const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  lookup.failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  lookup.system_error = errno;
  for (const addrinfo* it = list; it && lookup.found.size() < limits.addresses; it = it->ai_next) {
    tcp::endpoint endpoint;
    if (it->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), it->ai_addr, it->ai_addrlen);
    endpoint.resize(it->ai_addrlen);
    endpoint.port(port);
    lookup.found.push_back(endpoint);
  }
  if (list) ::freeaddrinfo(list);
}

Error unknown_host(const std::string& host, const Lookup& lookup) {
  std::string shown = base::printable(host, 255);
  if (lookup.failure == EAI_AGAIN) {
    Error error(ErrorKind::network, "net.unknown_host", "no name server answered for " + shown,
                "check this machine's network and name servers, then try again");
    error.set_transient(true);
    return error;
  }
  if (lookup.failure == 0 || lookup.failure == EAI_NONAME || lookup.failure == EAI_NODATA) {
    return {ErrorKind::network, "net.unknown_host", "there is no host named " + shown,
            "check the spelling of the host setting"};
  }
  std::string why = lookup.failure == EAI_SYSTEM ? std::strerror(lookup.system_error)
                                                 : ::gai_strerror(lookup.failure);
  return {ErrorKind::network, "net.unknown_host",
          "the name " + shown + " could not be looked up: " + why,
          "check the host setting and this machine's name servers"};
}

}  // namespace

Task<Endpoints> resolve(std::string host, std::uint16_t port) {
  auto cancellation = co_await asio::this_coro::cancellation_state;
  throw_if_cancelled(cancellation);
  boost::system::error_code not_literal;
  auto address = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return Endpoints{tcp::endpoint(address, port)};
  if (host.empty() || host.contains('\0')) {
    throw Error(ErrorKind::network, "net.unknown_host", "the host name is empty or damaged",
                "set host");
  }

  auto executor = co_await asio::this_coro::executor;
  auto lookup = std::make_shared<Lookup>();
  Bell bell(executor);
  Interest interest(lookup, executor);
  asio::post(lookup_pool(), [lookup, host, port, &bell] {
    look_up(*lookup, host, port);
    std::lock_guard lock(lookup->mutex);
    if (!lookup->loop) return;
    asio::post(*lookup->loop, [lookup, &bell] {
      if (!lookup->loop) return;  // gone in the meantime, and the bell with it
      lookup->ended = true;
      bell.ring();
    });
  });
  while (!lookup->ended) {
    co_await bell.wait();
    if (!lookup->ended) throw_if_cancelled(cancellation);
  }
  if (lookup->found.empty()) throw unknown_host(host, *lookup);
  co_return std::move(lookup->found);
}

Endpoints interleave_families(const Endpoints& endpoints) {
  Endpoints first, second, out;
  for (const auto& endpoint : endpoints) {
    bool leads = endpoint.protocol() == endpoints.front().protocol();
    (leads ? first : second).push_back(endpoint);
  }
  for (std::size_t i = 0; i < first.size() || i < second.size(); ++i) {
    if (i < first.size()) out.push_back(first[i]);
    if (i < second.size()) out.push_back(second[i]);
  }
  return out;
}

}  // namespace postroom::net
