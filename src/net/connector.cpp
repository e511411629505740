#include "net/connector.hpp"

#include <boost/asio/ip/address.hpp>

#include "base/date.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "net/dialer.hpp"
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
    std::string peer = to_host_port(target.host, target.port);
    std::string doing = "connecting to " + peer;
    std::unique_ptr<Stream> stream;
    try {
      Task<void> opening = open_unlimited(target, peer, stream);
      co_await with_timeout(target.connect_limit, doing, std::move(opening));
    } catch (const Error& error) {
      if (error.code() != "net.timed_out") throw;
      Error told = error;
      if (told.hint().empty()) told.set_hint("check host and port; a firewall may drop this port");
      throw told;
    }
    stream->set_idle_limit(target.idle_limit);
    co_return stream;
  }

 private:
  Task<void> open_unlimited(const Target& target, std::string peer,
                            std::unique_ptr<Stream>& opened) {
    TlsPeer tls_peer{nullptr, target.host, target.host + ":" + std::to_string(target.port),
                     target.tls};
    // Before anything is sent: a CA file that cannot be read is a setting to mend, not a connection
    // that failed.
    if (target.tls != TlsMode::none) tls_peer.context = contexts_.context_of(target.policy);
    auto socket = co_await dialer_->dial(target.host, target.port);
    auto stream =
        std::make_unique<SocketStream>(std::move(socket), std::move(peer), std::move(tls_peer));
    if (target.tls == TlsMode::implicit) co_await stream->start_tls();
    opened = std::move(stream);
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
