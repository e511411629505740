// AppleSingle and AppleDouble (RFC 1740): the data fork and the name of a Mac file. Pure. Inside
// mime.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postroom::mime {

struct AppleFile {
  std::string name;       // decoded to UTF-8; empty when not given
  std::string_view data;  // into the bytes given
  bool has_data = false;  // false: only a resource fork, as in AppleDouble's first half
};

// Nothing when the bytes are neither.
std::optional<AppleFile> read_apple_file(std::string_view bytes);

}  // namespace postroom::mime
