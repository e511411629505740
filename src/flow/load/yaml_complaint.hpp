// What a YAML parser's complaint means to the author of a flow: tabs, braces and colons are behind
// nearly all of them.
#pragma once

#include <string_view>

#include "flow/flow.hpp"

namespace postroom::flow {

// The parser stopped at `place` saying `words`.
Finding explain(std::string_view text, std::string_view words, Place place);

Finding unquoted_braces(Place place);
Finding unclosed_quote(Place place);
Finding missing_space(std::string_view key, Place place);

// "session:ap" -> true: a key and a value that lack the space behind the colon. Not "http://x" or
// "12:30".
bool lacks_space(std::string_view text) noexcept;

// The rest of the text from `place` on; empty when it is not inside the text.
std::string_view text_at(std::string_view text, Place place) noexcept;

}  // namespace postroom::flow
