// The flow's variables: given values, else the declared defaults. Secret ones never enter a scope.
#pragma once

#include <memory>

#include "flow/expression/scope.hpp"
#include "flow/run/run_flow.hpp"
#include "flow/run/run_state.hpp"
#include "vault/secret_source.hpp"

namespace postroom::flow {

// Throws Error{config, "flow.variable_missing"}.
void declare_variables(const RunState& run, Scope& scope);

// Resolves { variable: NAME } from what was given, and from defaults. `request` outlives it.
std::unique_ptr<vault::SecretResolver> make_secret_resolver(const RunRequest& request);

}  // namespace postroom::flow
