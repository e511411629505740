// A step's meaning as a text that changes when the meaning does: for resuming half-done messages.
#pragma once

#include <string>
#include <vector>

#include "flow/flow.hpp"

namespace postroom::flow {

// SHA-256 of the step's action and fields; ids, notes, places and spacing are not part of it.
std::string step_hash(const Step& step);
std::vector<std::string> step_hashes(const std::vector<Step>& steps);

}  // namespace postroom::flow
