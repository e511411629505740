// From a server's NO, BAD or BYE to an Error: the one place that reads response codes and the
// servers' own phrases.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "imap/wire/response.hpp"

namespace postroom::imap {

// A command was refused: the connection is still in step (session_usable), unless the text says
// otherwise.
base::Error refusal_error(const wire::Status& status, std::string_view command);

// Sign-in was refused: kind auth, or throttled / network when the server only cannot just now.
base::Error sign_in_error(const wire::Status& status);

// The server hung up.
base::Error bye_error(const wire::Status& status);

}  // namespace postroom::imap
