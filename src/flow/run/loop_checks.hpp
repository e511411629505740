// Before the first message of a loop: can its sessions do what its steps ask?
#pragma once

#include <vector>

#include "flow/run/run_state.hpp"

namespace postroom::flow {

// Throws Error{unsupported, "store.cannot_*"} or Error{config, "session.*"} naming the step's
// place.
void check_abilities(RunState& run, const std::vector<Step>& body, session::Session& session);

}  // namespace postroom::flow
