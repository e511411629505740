// Names to addresses, by the system's resolver, in threads of its own. Internal to net/.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/task.hpp"

namespace postroom::net {

using base::Task;
using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

// Address literals are taken as they are. At least one endpoint, in the system's order of
// preference (RFC 6724). Throws Error{network, "net.unknown_host"}. A cancelled look-up is left
// behind, not waited for: getaddrinfo can block for half a minute.
Task<Endpoints> resolve(std::string host, std::uint16_t port);

// RFC 8305 section 4: the families take turns, the first one's first address leads.
Endpoints interleave_families(const Endpoints& endpoints);

}  // namespace postroom::net
