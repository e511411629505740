// HMAC (RFC 2104) and a comparison in constant time, for SCRAM. Internal to auth/.
#pragma once

#include <string>
#include <string_view>

#include "auth/scram.hpp"

namespace postroom::auth {

// Throws Error{internal, "auth.hmac"}.
std::string hmac(ScramHash hash, std::string_view key, std::string_view message);

bool is_same_secret(std::string_view a, std::string_view b) noexcept;

}  // namespace postroom::auth
