// Base64 (RFC 4648 section 4), for SASL and tokens. MIME bodies are decoded by GMime (mime/).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postroom::base {

std::string to_base64(std::string_view bytes);

// Nothing when `text` is not base64. Padding may be missing; white space is not allowed.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace postroom::base
