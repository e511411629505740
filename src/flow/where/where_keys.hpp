// The words of `where`, for reading it and for checking it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailbox/query.hpp"

namespace postroom::flow {

const std::vector<std::string>& where_keys();
const std::vector<std::string>& text_forms();  // contains, equals ...
const std::vector<std::string>& time_forms();  // since, before, within

std::optional<mailbox::TextField> text_field_of(std::string_view key) noexcept;  // not header
std::optional<mailbox::Comparison> comparison_of(
    std::string_view form) noexcept;  // any_of: contains

// RFC 5322 section 2.2: printable ASCII but the colon.
bool is_header_name(std::string_view name) noexcept;

}  // namespace postroom::flow
