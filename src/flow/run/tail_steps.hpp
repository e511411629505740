// Which steps of a loop's body are its tail: mailbox changes after which nothing but such changes
// can run. They are queued and flushed as sets.
#pragma once

#include <set>
#include <vector>

#include "flow/flow.hpp"

namespace postroom::flow {

// The steps, also inside `if`, whose change may wait.
std::set<const Step*> tail_steps(const std::vector<Step>& body);

}  // namespace postroom::flow
