// Who holds a claim: a text that names this process, so that others on the same machine can see
// that it died.
#pragma once

#include <string>
#include <string_view>

namespace postroom::state {

// A new one for every engine: machine, boot, process, start time, and a counter.
std::string new_owner();

// True only when certain: another boot of this machine, or a process that is not there (or its
// number was reused). False for other machines and for texts that are not from new_owner().
bool is_surely_dead(std::string_view owner);

}  // namespace postroom::state
