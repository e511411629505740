// Capabilities: what an EHLO answer offers (RFC 5321 section 4.1.1.1). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "smtp/wire/reply.hpp"

namespace postroom::smtp {

struct Capabilities {
  bool pipelining = false;                // RFC 2920
  bool eight_bit_mime = false;            // RFC 6152
  bool smtp_utf8 = false;                 // RFC 6531
  bool start_tls = false;                 // RFC 3207
  bool chunking = false;                  // RFC 3030
  bool dsn = false;                       // RFC 3461
  bool size = false;                      // RFC 1870: MAIL may carry SIZE=
  std::optional<std::uint64_t> max_size;  // bytes; nothing: no fixed limit, or none announced
  std::vector<std::string> auth;          // RFC 4954, upper case, in the server's order, each once
};

// Unknown keywords and parameters are skipped, as the RFC asks.
Capabilities parse_capabilities(const Reply& ehlo);

}  // namespace postroom::smtp
