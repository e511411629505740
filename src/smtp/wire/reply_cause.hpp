// From a refusal to its cause: one table, read from the top (RFC 3463, RFC 4954, and what Exchange
// Online, Gmail and Postfix answer). Pure.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "smtp/wire/reply.hpp"

namespace postroom::smtp {

// What was asked when the server refused. Bits, so that a row can hold for several.
enum class Stage : unsigned {
  greeting = 1,
  hello = 2,
  starttls = 4,
  auth = 8,
  mail = 16,
  rcpt = 32,
  data = 64,   // the DATA command
  body = 128,  // the final dot
  reset = 256,
};

std::string_view to_string(Stage stage) noexcept;  // "MAIL FROM", "the final dot"

// `refusal` is a 4xx or 5xx. The error carries cause, cure, the server's own words, and whether
// waiting helps; it is session_usable unless the server is about to hang up (421) or the session
// never got going (greeting, starttls, auth).
base::Error to_error(const Reply& refusal, Stage stage);

// A reply that is neither the success nor a refusal of what was asked: Error{protocol,
// "smtp.unexpected_reply"}.
base::Error unexpected_reply(const Reply& reply, Stage stage);

}  // namespace postroom::smtp
