// The state file for verbs that only look into it.
#pragma once

#include <memory>

#include "cli/common_options.hpp"
#include "state/database.hpp"

namespace postroom::cli {

// Null when nothing has run yet: looking makes no file.
std::unique_ptr<state::Database> open_state(const CommonOptions& options);

}  // namespace postroom::cli
