// Pieces of written header fields that the builder shares. Inside mime.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

// Encoded words separated by spaces, none cutting a character. `first_width` is what is left of the
// first line.
std::string encoded_words(std::string_view utf8, std::size_t first_width);

// "Name: value" folded at spaces, with CRLF. `value` is ready for the wire.
std::string folded(std::string_view name, std::string_view value);

// ";\r\n name=..." quoted if plain; else RFC 2231 (extended) or encoded words in quotes (for
// programs that know only Content-Type's name).
std::string format_file_param(std::string_view name, std::string_view value, bool extended);

}  // namespace postroom::mime
