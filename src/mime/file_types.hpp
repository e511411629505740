// Types and file name extensions, one from the other, for files that came without. Inside mime.
#pragma once

#include <string_view>

namespace postroom::mime {

// "application/pdf" -> ".pdf"; empty when unknown.
std::string_view extension_of_type(std::string_view type) noexcept;
// "a.PDF" -> "application/pdf"; application/octet-stream when unknown.
std::string_view type_of_name(std::string_view name) noexcept;

}  // namespace postroom::mime
