// HTTP CONNECT (RFC 9110 section 9.3.6, RFC 9112) with Basic sign-in (RFC 7617).
#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "net/proxy_dialer.hpp"
#include "net/proxy_error.hpp"

namespace postroom::net {
namespace {

struct ConnectLimits {
  std::size_t head = 16'384;  // the whole answer, interim ones included; real ones are below 2 KiB
};
constexpr ConnectLimits connect_limits;

struct ConnectAnswer {
  int status = 0;
  std::string offered;  // ways to sign in
};

// Byte by byte: what follows the empty line is the target's and has to stay in the socket, because
// servers that speak first (IMAP, SMTP) greet in the same packet.
Task<std::string> read_head(Line& line, const Proxy& proxy, std::size_t& budget) {
  constexpr std::string_view opening = "HTTP/1.";
  std::string head;
  while (!head.ends_with("\r\n\r\n") && !head.ends_with("\n\n")) {
    if (budget == 0) throw proxy_protocol_error(proxy, "answered without an end", head);
    char byte = 0;
    std::size_t n = co_await line.read_some(std::span(&byte, 1));
    if (n == 0) {
      throw proxy_protocol_error(
          proxy, head.empty() ? "hung up without an answer" : "hung up in its answer", head);
    }
    head += byte;
    --budget;
    if (head.size() <= opening.size() && !opening.starts_with(head))
      throw proxy_protocol_error(proxy, "does not speak HTTP", head);
  }
  co_return head;
}

void note_challenge(std::string_view value, std::string& offered) {
  value = base::trim(value);
  std::string scheme = base::printable(value.substr(0, value.find_first_of(" ,\t")), 30);
  if (scheme.empty()) return;
  if (!offered.empty()) offered += ", ";
  offered += scheme;
}

ConnectAnswer parse_answer(const std::string& head, const Proxy& proxy) {
  auto lines = base::split(head, '\n');
  std::string_view status = lines.front();
  auto space = status.find(' ');
  auto code =
      space == std::string_view::npos ? std::nullopt : base::to_number(status.substr(space + 1, 3));
  if (!code || *code < 100 || *code > 599)
    throw proxy_protocol_error(proxy, "answered without a status", status);
  ConnectAnswer answer{static_cast<int>(*code), {}};
  constexpr std::string_view challenge = "Proxy-Authenticate:";
  for (std::string_view header : lines) {
    if (header.size() > challenge.size() &&
        base::ascii_iequals(header.substr(0, challenge.size()), challenge))
      note_challenge(header.substr(challenge.size()), answer.offered);
  }
  return answer;
}

std::string connect_request(const Proxy& proxy, const std::string& authority) {
  std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (proxy.signs_in) {
    std::string pair = proxy.user + ":";
    pair += proxy.password.reveal();
    std::string proof = base::to_base64(pair);
    request += "Proxy-Authorization: Basic " + proof + "\r\n";
    base::wipe(pair);
    base::wipe(proof);
  }
  request += "\r\n";
  return request;
}

}  // namespace

Task<void> connect_by_http(Line& line, const Proxy& proxy, const std::string& host,
                           std::uint16_t port) {
  const std::string authority = to_host_port(host, port);
  std::string request = connect_request(proxy, authority);
  co_await line.write(request);
  base::wipe(request);
  std::size_t budget = connect_limits.head;
  ConnectAnswer answer;
  do {
    const std::string head = co_await read_head(line, proxy, budget);
    answer = parse_answer(head, proxy);
  } while (answer.status < 200);  // RFC 9110 section 15.2: interim answers
  if (answer.status >= 300)
    throw connect_status_error(proxy, authority, answer.status, answer.offered);
}

}  // namespace postroom::net
