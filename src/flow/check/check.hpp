// Checking a flow before it touches anything: sessions, places, variables, expressions, required
// fields, secrets.
//
// Static: neither the network nor a file is looked at. Resolves on the way what the flow left out:
// Step::session, Step::mail and Variable::is_secret.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "flow/flow.hpp"

namespace postroom::flow {

struct CheckOptions {
  bool strict = false;  // warnings about secrets in the file become errors

  // Names given with --var and with --var-from. `are_variables_complete` is for a run: required
  // variables that were not given are errors then; `check` alone only looks at the file.
  std::set<std::string> plain_variables;
  std::set<std::string> sourced_variables;
  bool are_variables_complete = false;
};

// Findings by line. The flow may be run if none of them is an error.
std::vector<Finding> check(Flow& flow, const CheckOptions& options = {});

}  // namespace postroom::flow
