// The one-byte charsets as tables, so that they are there on systems that ship few converters.
// Inside mime; others use charset.hpp.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

// `charset` as known_charset names it: "CP1252", "ISO-8859-2", "KOI8-R".
bool is_single_byte(std::string_view charset);

// Appends `bytes` as UTF-8. False when some byte stands for nothing there and became U+FFFD.
bool append_single_byte(std::string_view charset, std::string_view bytes, std::string& out);

}  // namespace postroom::mime
