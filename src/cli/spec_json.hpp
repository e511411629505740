// An ActionSpec as JSON, for `actions --json`.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "actions/action_spec.hpp"

namespace postroom::cli {

nlohmann::json spec_as_json(const actions::ActionSpec& spec);

}  // namespace postroom::cli
