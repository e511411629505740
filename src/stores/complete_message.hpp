// A message on its way out, made complete: Date and Message-ID exactly once (RFC 5322 section 3.6,
// RFC 6409 section 8), Bcc not at all, no mbox "From " line. Everything else stays byte for byte.
//
// Pure but for reading the body. Knows no protocol.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/byte_stream.hpp"
#include "base/clock.hpp"

namespace postroom::stores {

struct Completion {
  std::string message_id;  // for a body without; "<id@domain>"
  base::Instant date;      // for a body without
};

struct CompletedHead {
  std::string text;              // what goes out in its place
  bool is_changed = false;       // text differs
  bool uses_message_id = false;  // the body had none
  bool uses_date = false;
};

// `head` is the whole header with its empty line, or all of a body that has none. Added fields take
// its line ends. A text without any header gets one.
CompletedHead complete_head(std::string_view head, const Completion& completion);

// `body` with its head completed; null when it is complete as it is. `used` says what was taken of
// the completion. `body` outlives the result. Throws Error{refused, "send.header_too_big"} for a
// header above 1 MiB, which may hide a Bcc, and what `body` throws.
std::unique_ptr<base::ByteSource> complete_message(base::ByteSource& body,
                                                   const Completion& completion,
                                                   CompletedHead& used);

}  // namespace postroom::stores
