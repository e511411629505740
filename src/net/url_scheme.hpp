// What of a URL that could not be read may stand in a message: it may hold a password anywhere.
#pragma once

#include <algorithm>
#include <string_view>

namespace postroom::net {

// RFC 3986 section 3.1, without its "://". Empty where there is none: what stands before the "://"
// may then be a user name and password.
inline std::string_view url_scheme(std::string_view url) {
  const auto end = url.find("://");
  if (end == std::string_view::npos || end == 0 || end > 30) return {};
  const std::string_view scheme = url.substr(0, end);
  const bool is_scheme = std::ranges::all_of(scheme, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' ||
           c == '-' || c == '.';
  });
  return is_scheme ? scheme : std::string_view{};
}

}  // namespace postroom::net
