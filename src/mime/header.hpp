// Header lines of one message or part as a list: reading a block, finding a field. Values are raw
// bytes without folding; decode them with header_text.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/envelope.hpp"

namespace postroom::mime {

struct Header {
  std::string name;   // as written
  std::string value;  // raw, unfolded, trimmed; may hold encoded words and 8-bit bytes
};
using Headers = std::vector<Header>;

struct HeaderLimits {
  std::size_t block = 1024 * 1024;  // bytes of one header block; real ones stay below 100 KiB
  std::size_t count = 5000;         // fields; a tracing hop adds about ten
};

// Reads up to the first empty line. Lines that are no header field (an mbox "From " line, noise)
// are passed over. Never throws; what is over the limits is left out.
Headers parse_headers(std::string_view block, const HeaderLimits& limits = {});

// The first field of that name (any case), raw; nothing when there is none.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

// Every header that an envelope has room for, decoded.
Envelope envelope_of(const Headers& headers);

}  // namespace postroom::mime
