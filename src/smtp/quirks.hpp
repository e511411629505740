// Quirks: what real servers do otherwise than RFC 5321 and their own EHLO say. Each is a named
// field, chosen at run time from the greeting; a user's flow never sees them. What each is and who
// has it: quirk_table.cpp.
#pragma once

#include <string_view>

namespace postroom::smtp {

struct Quirks {
  bool takes_chunks = false;
  bool hello_again = false;
  bool no_pipelining = false;
  bool operator==(const Quirks&) const = default;
};

// From the greeting's text, as the server wrote it.
Quirks detect_quirks(std::string_view greeting);

}  // namespace postroom::smtp
