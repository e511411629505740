// The exit codes of flow/run, under the names that the verbs use.
#pragma once

#include "flow/run/exit_code.hpp"

namespace postroom::cli {

using flow::exit_code_of;
using flow::exit_config;
using flow::exit_done;
using flow::exit_some_failed;
using flow::exit_usage;

}  // namespace postroom::cli
