// check_moves: steps that work on a message which an earlier step of the same body has certainly
// moved or deleted.
//
// Does not know: sessions, expressions.
#pragma once

#include "flow/flow.hpp"
#include "flow/load/complaints.hpp"

namespace postroom::flow {

void check_moves(const std::vector<Step>& steps, Complaints& complaints);

}  // namespace postroom::flow
