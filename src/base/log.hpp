// Log: diagnostics for the operator, on stderr, never data. Secrets cannot reach it: Secret has no
// formatter.
#pragma once

#include <spdlog/spdlog.h>

namespace postroom::base {

enum class LogLevel { quiet, normal, verbose, trace };

// Sets up the process's logger: warnings and errors in `normal`, all in `trace`; colour only on a
// terminal.
void set_up_log(LogLevel level);

}  // namespace postroom::base
