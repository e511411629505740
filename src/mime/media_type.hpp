// Media types by a file's extension, for attachments whose type nobody gave.
#pragma once

#include <string_view>

namespace postroom::mime {

// "a.PDF" -> "application/pdf"; "application/octet-stream" when the extension says nothing.
std::string_view media_type_of(std::string_view file_name);

}  // namespace postroom::mime
