// postroom version.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace postroom::cli {

void add_version(CLI::App& app, Run& chosen) {
  auto json = std::make_shared<bool>(false);
  auto* sub = app.add_subcommand("version", "Print the version");
  sub->add_flag("--json", *json, "Machine-readable output");
  sub->callback([json, &chosen] {
    chosen = [json] {
      print_out(*json ? nlohmann::json{{"version", POSTROOM_VERSION}}.dump()
                      : "postroom " POSTROOM_VERSION);
      return exit_done;
    };
  });
}

}  // namespace postroom::cli
