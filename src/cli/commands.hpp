// One function a verb: it adds its subcommand and gives back what runs when that was chosen.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace postroom::cli {

// Returns the exit code; throws base::Error.
using Run = std::function<int()>;

void add_run(CLI::App& app, Run& chosen);
void add_plan(CLI::App& app, Run& chosen);
void add_check(CLI::App& app, Run& chosen);
void add_runs(CLI::App& app, Run& chosen);
void add_quarantine(CLI::App& app, Run& chosen);
void add_actions(CLI::App& app, Run& chosen);
void add_version(CLI::App& app, Run& chosen);

}  // namespace postroom::cli
