// Shell-like patterns for names: '*' stands for any run of characters, '?' for one. Nothing else is
// special.
#pragma once

#include <string_view>

namespace postroom::base {

// ASCII letters compare without case. Linear in the product of the lengths, whatever the pattern.
bool glob_matches(std::string_view pattern, std::string_view text) noexcept;

}  // namespace postroom::base
