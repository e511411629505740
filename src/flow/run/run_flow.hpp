// run_flow: a checked flow, run or planned. The way in for the command line, the editor and the
// library.
//
// Knows: sessions, loops, the ledger's file. Does not know: terminals, exit codes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/secret.hpp"
#include "base/task.hpp"
#include "base/value.hpp"
#include "flow/flow.hpp"
#include "flow/loop/loop_spec.hpp"
#include "flow/run_events.hpp"
#include "session/retry.hpp"

namespace postroom::net {
class Connector;
}

namespace postroom::flow {

using base::Task;

struct RunRequest {
  const Flow& flow;     // loaded and checked without errors
  base::Map variables;  // given ones, by name; the flow's defaults fill in the rest
  std::map<std::string, base::Secret, std::less<>> secrets;  // variables that feed a sign-in
  Mode mode = Mode::run;
  bool again = false;  // do finished messages again
};

struct RunEnvironment {
  net::Connector& connector;
  const base::Clock& clock;
  std::filesystem::path state_directory;  // made in a run, only read in a plan
  RunEvents& events;
  session::RetryPolicy retry = {};
};

struct RunSummary {
  std::string run;                   // its id
  LoopCounts counts;                 // of all loops
  std::uint64_t warnings = 0;        // steps that were done but not whole
  std::optional<base::Error> error;  // what ended the run before its end
  bool was_stopped = false;          // by on_error: stop
};

// Never throws base::Error: what went wrong is in the summary. Sessions are closed when it returns.
Task<RunSummary> run_flow(RunRequest request, RunEnvironment environment);

}  // namespace postroom::flow
