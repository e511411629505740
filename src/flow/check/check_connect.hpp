// Rules of a connect step that its fields' types cannot tell.
#pragma once

#include "flow/flow.hpp"
#include "flow/load/complaints.hpp"

namespace postroom::flow {

void check_connect(const Step& step, Complaints& complaints);

// Can a session that this step opens send mail, as far as can be told without asking? A maildir
// cannot, nor a session without smtp whose user's domain is not in the provider table.
bool can_send(const Flow& flow, const Step& connect);

}  // namespace postroom::flow
