// Texts with {{ expressions }}: cutting them into pieces. Knows where a Lua string, comment or
// table ends, nothing else of Lua.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "flow/flow.hpp"

namespace postroom::flow {

struct TemplateError {
  std::size_t offset = 0;  // byte in the text
  std::string message;
  std::string hint;
};

// `}}` inside a Lua string, a long bracket, a comment or a table constructor does not end an
// expression.
std::expected<Template, TemplateError> parse_template(std::string_view text);

// A condition: the whole text is the expression, or it is exactly one {{ expression }}.
std::expected<Template, TemplateError> parse_condition(std::string_view text);

}  // namespace postroom::flow
