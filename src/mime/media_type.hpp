// Media types and file name extensions, one from the other, for files that came without. Inside
// mime.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

// "a.PDF" -> "application/pdf"; "application/octet-stream" when the extension says nothing.
std::string_view media_type_of(std::string_view file_name);

// "application/pdf" (lower case) -> ".pdf"; empty when unknown.
std::string extension_of(std::string_view type);

}  // namespace postroom::mime
