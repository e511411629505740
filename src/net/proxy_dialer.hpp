// Dialing through a proxy: to it by a Dialer, then its own conversation (HTTP CONNECT, SOCKS 5),
// until the line carries bytes to the target. Internal to net/.
#pragma once

#include <memory>
#include <string>

#include "net/dialer.hpp"
#include "net/line.hpp"
#include "net/proxy_policy.hpp"

namespace postroom::net {

// How far a connection got, for the words when its limit passes.
enum class DialStage { to_proxy, through_proxy, to_target };

// `tls` is for an https proxy, where `host` and `session_key` are set here; its context checks the
// proxy's certificate. Throws Error with code net.proxy_unreachable, net.proxy_sign_in (kind auth),
// net.proxy_refused, net.proxy_target_unreachable, net.proxy_protocol, or tls.*; for socks5 also
// what resolve() throws.
Task<std::unique_ptr<Line>> dial_through(const Proxy& proxy, Dialer& dialer, TlsPeer tls,
                                         const std::string& host, std::uint16_t port,
                                         DialStage& stage);

// The conversations, over a line to the proxy. What the target says first stays unread on it.
Task<void> connect_by_http(Line& line, const Proxy& proxy, const std::string& host,
                           std::uint16_t port);
Task<void> connect_by_socks(Line& line, const Proxy& proxy, const std::string& host,
                            std::uint16_t port);

}  // namespace postroom::net
