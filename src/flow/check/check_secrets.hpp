// Secrets of a flow: which variables feed one, and what lies in the file in the clear.
#pragma once

#include "flow/check/check.hpp"
#include "flow/load/complaints.hpp"

namespace postroom::flow {

// Sets Variable::is_secret and complains of insecure strings, undeclared variables and --var for a
// secret.
void check_secrets(Flow& flow, const CheckOptions& options, Complaints& complaints);

}  // namespace postroom::flow
