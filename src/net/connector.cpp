#include "net/connector.hpp"

#include <boost/asio/ip/address.hpp>

#include "base/date.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "net/dialer.hpp"
#include "net/line.hpp"
#include "net/proxy_dialer.hpp"
#include "net/proxy_error.hpp"
#include "net/socket_stream.hpp"
#include "net/tls_context.hpp"
#include "net/with_timeout.hpp"

namespace postroom::net {
namespace {

using base::Error;
using base::ErrorKind;

class DialingConnector final : public Connector {
 public:
  explicit DialingConnector(std::unique_ptr<Dialer> dialer) : dialer_(std::move(dialer)) {}

  Task<std::unique_ptr<Stream>> open(const Target& target) override {
    Opening opening{target, to_host_port(target.host, target.port), {}, DialStage::to_target, {}};
    opening.proxy = proxy_for(target.proxy, target.host, target.port);
    std::string doing = "connecting to " + opening.peer;
    if (opening.proxy) doing += " through the proxy " + to_words(*opening.proxy);
    try {
      Task<void> unlimited = open_unlimited(opening);
      co_await with_timeout(target.connect_limit, std::move(doing), std::move(unlimited));
    } catch (const Error& error) {
      if (error.code() != "net.timed_out") throw;
      throw timed_out(error, opening);
    }
    opening.stream->set_idle_limit(target.idle_limit);
    co_return std::move(opening.stream);
  }

 private:
  struct Opening {
    const Target& target;
    std::string peer;
    std::optional<Proxy> proxy;
    DialStage stage;
    std::unique_ptr<Stream> stream;
  };

  static Error timed_out(const Error& error, const Opening& opening) {
    if (opening.proxy && opening.stage == DialStage::to_proxy)
      return proxy_unreachable(*opening.proxy, error);
    Error told = error;
    if (opening.proxy && opening.stage == DialStage::through_proxy)
      told.set_hint("the proxy answers, the server behind it does not: check host and port");
    else if (told.hint().empty())
      told.set_hint("check host and port; a firewall may drop this port");
    return told;
  }

  Task<void> open_unlimited(Opening& opening) {
    const Target& target = opening.target;
    TlsPeer tls_peer{nullptr, target.host, target.host + ":" + std::to_string(target.port),
                     target.tls};
    // Before anything is sent: a CA file that cannot be read is a setting to mend, not a connection
    // that failed.
    if (target.tls != TlsMode::none) tls_peer.context = contexts_.context_of(target.policy);
    std::unique_ptr<Line> line;
    if (opening.proxy) {
      TlsPeer proxy_peer{};
      // Pins and our certificate are the target's alone.
      if (opening.proxy->scheme == ProxyScheme::https)
        proxy_peer.context = contexts_.context_of({target.policy.extra_ca});
      proxy_peer.mode = TlsMode::none;
      line = co_await dial_through(*opening.proxy, *dialer_, std::move(proxy_peer), target.host,
                                   target.port, opening.stage);
    } else {
      auto socket = co_await dialer_->dial(target.host, target.port);
      line = std::make_unique<Line>(std::move(socket), std::move(opening.peer));
    }
    auto stream = std::make_unique<SocketStream>(std::move(line), std::move(tls_peer));
    if (target.tls == TlsMode::implicit) co_await stream->start_tls();
    opening.stream = std::move(stream);
  }

  std::unique_ptr<Dialer> dialer_;
  TlsContexts contexts_;
};

}  // namespace

std::unique_ptr<Connector> make_connector() {
  return std::make_unique<DialingConnector>(make_direct_dialer());
}

bool is_loopback(std::string_view host) noexcept {
  if (base::ascii_iequals(host, "localhost") || base::ascii_iequals(host, "localhost."))
    return true;
  boost::system::error_code error;
  try {
    auto address = boost::asio::ip::make_address(std::string(host), error);
    if (error) return false;
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
      return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
          .is_loopback();
    }
    return address.is_loopback();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace postroom::net
