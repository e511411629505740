// Constants: does a text that is written out fit the type of its field?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actions/action_spec.hpp"

namespace postroom::flow {

struct Misfit {
  std::string code;  // flow.wrong_type, flow.bad_choice, connect.not_available
  std::string message;
  std::string hint;
};

// Nothing when `text` fits.
std::optional<Misfit> misfit(const actions::FieldSpec& field, std::string_view text);

// -12, 3, 0.5; not 010, 1e3, 0x10, +1.
bool is_decimal(std::string_view text) noexcept;

// The name of a choice, also by its alias; nothing when there is none.
std::optional<std::string> choice_of(const actions::FieldSpec& field, std::string_view text);

// A session name, a step's id: 1 to 64 of A-Z a-z 0-9 _ . -
bool is_session_name(std::string_view text) noexcept;

// Must this type be one expression or none at all ("{{ n }}", never "a{{ n }}")?
bool takes_whole_expression(actions::FieldType type) noexcept;

}  // namespace postroom::flow
