// What a peer speaks that does not speak IMAP.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace postroom::imap::wire {

// Error{protocol, "imap.garbage"} with a sentence for the peers that people reach by a wrong port:
// TLS, HTTP, SMTP, POP3, SSH. `seen` is what came, at least one byte.
base::Error garbage_error(std::string_view seen);

}  // namespace postroom::imap::wire
