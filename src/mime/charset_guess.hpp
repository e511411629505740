// The charset of bytes that nobody labelled, from how often which bytes follow which. Inside mime.
#pragma once

#include <string_view>

namespace postroom::mime {

// The converter's name, or nothing when the bytes show too little: then Windows-1252 is the best
// guess. Looks at the first 64 KiB. For bytes that are not UTF-8.
std::string_view guess_charset(std::string_view bytes);

}  // namespace postroom::mime
