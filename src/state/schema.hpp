// The tables of state.db, as migrations.
#pragma once

#include <span>
#include <string_view>

namespace postroom::state {

std::span<const std::string_view> state_migrations() noexcept;

}  // namespace postroom::state
