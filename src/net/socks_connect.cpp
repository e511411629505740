// SOCKS 5 CONNECT (RFC 1928) with user name and password (RFC 1929).
#include <array>

#include <boost/asio/ip/address.hpp>

#include "base/error.hpp"
#include "net/proxy_dialer.hpp"
#include "net/proxy_error.hpp"
#include "net/resolver.hpp"

namespace postroom::net {
namespace {

namespace socks_ip = boost::asio::ip;

constexpr char version = 5;
constexpr char no_sign_in = 0;
constexpr char user_and_password = 2;

// Exactly `count` bytes (at most 255): what follows is the target's.
Task<std::string> read_exactly(Line& line, const Proxy& proxy, std::size_t count) {
  std::array<char, 255> buffer;
  std::string bytes;
  while (bytes.size() < count) {
    std::size_t n = co_await line.read_some(std::span(buffer).first(count - bytes.size()));
    if (n == 0) throw proxy_protocol_error(proxy, "hung up without an answer", bytes);
    bytes.append(buffer.data(), n);
  }
  co_return bytes;
}

Task<void> agree_on_method(Line& line, const Proxy& proxy) {
  std::string offer{version, 1, no_sign_in};
  if (proxy.signs_in) offer = {version, 2, no_sign_in, user_and_password};
  co_await line.write(offer);
  const std::string first = co_await read_exactly(line, proxy, 1);
  if (first[0] != version) throw proxy_protocol_error(proxy, "does not speak SOCKS 5", first);
  const std::string method = co_await read_exactly(line, proxy, 1);
  if (method[0] == no_sign_in) co_return;
  if (method[0] != user_and_password || !proxy.signs_in) throw proxy_sign_in_error(proxy, {});
  std::string proof{1, static_cast<char>(proxy.user.size())};
  proof += proxy.user;
  proof += static_cast<char>(proxy.password.reveal().size());
  proof += proxy.password.reveal();
  co_await line.write(proof);
  base::wipe(proof);
  const std::string verdict = co_await read_exactly(line, proxy, 2);
  if (verdict[1] != 0) throw proxy_sign_in_error(proxy, {});
}

std::string address_bytes(const socks_ip::address& address) {
  auto with_type = [](char type, const auto& bytes) {
    std::string out(1, type);
    for (unsigned char byte : bytes) out += static_cast<char>(byte);
    return out;
  };
  return address.is_v4() ? with_type(1, address.to_v4().to_bytes())
                         : with_type(4, address.to_v6().to_bytes());
}

// IPv4 first: few SOCKS proxies reach IPv6, and this conversation has one try.
Task<std::string> look_up_here(const std::string& host, std::uint16_t port) {
  const Endpoints found = co_await resolve(host, port);
  for (const auto& endpoint : found) {
    if (endpoint.address().is_v4()) co_return address_bytes(endpoint.address());
  }
  co_return address_bytes(found.front().address());
}

}  // namespace

Task<void> connect_by_socks(Line& line, const Proxy& proxy, const std::string& host,
                            std::uint16_t port) {
  boost::system::error_code not_literal;
  auto literal = socks_ip::make_address(host, not_literal);
  std::string destination;
  if (!not_literal) {
    destination = address_bytes(literal);
  } else if (proxy.scheme == ProxyScheme::socks5h) {
    destination = std::string{3, static_cast<char>(host.size())} + host;
  } else {
    destination = co_await look_up_here(host, port);
  }
  co_await agree_on_method(line, proxy);
  std::string request{version, 1, 0};
  request += destination;
  request += static_cast<char>(port >> 8);
  request += static_cast<char>(port & 0xff);
  co_await line.write(request);
  const std::string head = co_await read_exactly(line, proxy, 4);
  if (head[0] != version) throw proxy_protocol_error(proxy, "does not speak SOCKS 5", head);
  if (head[1] != 0)
    throw socks_reply_error(proxy, to_host_port(host, port), static_cast<unsigned char>(head[1]));
  // The address it went out from, which nobody needs.
  std::size_t rest = 0;
  if (head[3] == 1) rest = 4 + 2;
  if (head[3] == 4) rest = 16 + 2;
  if (head[3] == 3) {
    const std::string length = co_await read_exactly(line, proxy, 1);
    rest = static_cast<unsigned char>(length[0]) + 2u;
  }
  if (rest == 0) throw proxy_protocol_error(proxy, "gave a broken answer", head);
  if (rest > 255) throw proxy_protocol_error(proxy, "gave an over-long answer", head);
  const std::string bound = co_await read_exactly(line, proxy, rest);
}

}  // namespace postroom::net
