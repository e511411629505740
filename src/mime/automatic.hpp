// The loop guard: whether a message may be answered by a machine (RFC 3834 and what mail systems
// really send).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mime/envelope.hpp"
#include "mime/header.hpp"

namespace postroom::mime {

// The headers that the guard reads, for fetching no more than these.
std::span<const std::string_view> automatic_headers() noexcept;

// Why no automatic answer may go out, as the end of a sentence ("it comes from a mailing list
// (List-Id)"); nothing when one may. `own` are the session's addresses.
std::optional<std::string> automatic_reason(const Headers& headers, const Envelope& envelope,
                                            std::span<const std::string> own);

}  // namespace postroom::mime
