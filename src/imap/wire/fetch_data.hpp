// The grammar of FETCH, used by response.cpp only.
#pragma once

#include "imap/wire/response.hpp"

namespace postroom::imap::wire {

// From the opening parenthesis on.
void parse_fetch_items(Scanner& in, FetchData& out, const Limits& limits);

}  // namespace postroom::imap::wire
