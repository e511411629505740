// Rules of a connect step that its fields' types cannot tell.
#pragma once

#include "flow/flow.hpp"
#include "flow/load/complaints.hpp"

namespace postroom::flow {

void check_connect(const Step& step, Complaints& complaints);

// Can a session that this step opens send mail, as far as can be told without asking? A maildir
// cannot.
bool can_send(const Step& connect) noexcept;

}  // namespace postroom::flow
