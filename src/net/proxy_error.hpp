// Words for what can go wrong with a proxy, whoever speaks to it (our streams or libcurl). Pure.
// Internal to net/.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "net/proxy_policy.hpp"

namespace postroom::net {

// The proxy itself cannot be reached: `cause` is what dialing it ended in.
base::Error proxy_unreachable(const Proxy& proxy, const base::Error& cause);

// The proxy wants a user name and password, or other ones. `offered`: the ways to sign in that it
// takes ("Basic, Digest"); empty: unknown.
base::Error proxy_sign_in_error(const Proxy& proxy, std::string_view offered);

// It answered CONNECT with this status, not 2xx. `peer` is "host:port" of the target.
base::Error connect_status_error(const Proxy& proxy, const std::string& peer, int status,
                                 std::string_view offered);

// SOCKS 5 reply code (RFC 1928 section 6), not 0.
base::Error socks_reply_error(const Proxy& proxy, const std::string& peer, int reply);

// It does not speak its protocol. `heard`: its first bytes, untrusted; may be empty.
base::Error proxy_protocol_error(const Proxy& proxy, const std::string& what,
                                 std::string_view heard);

}  // namespace postroom::net
