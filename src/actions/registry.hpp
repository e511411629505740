// The registry of all actions, in palette order: the reference's first, then ours, then glue.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "actions/action_spec.hpp"

namespace postroom::actions {

class Action;

// Every action's spec, also of those that the flow walker runs itself (connect, for_each_mail, if
// ...).
std::span<const ActionSpec* const> all_specs();
const ActionSpec* find_spec(std::string_view name) noexcept;

// The code of an action; null for those with Effect::structure.
const Action* find_action(std::string_view name) noexcept;

}  // namespace postroom::actions
