// postroom check: what is wrong with a flow file, without touching anything.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/load_flow.hpp"
#include "cli/output.hpp"

namespace postroom::cli {
namespace {

struct CheckCommand {
  std::filesystem::path file;
  bool strict = false;
  VariableOptions variables;
  CommonOptions common;

  int run() const {
    Variables values = read_variables(variables);
    auto flow = load_flow(file, values, Purpose::check, strict, common);
    if (common.json) {
      print_out(
          nlohmann::json{{"event", "checked"}, {"file", file.string()}, {"ok", flow.has_value()}}
              .dump());
    } else if (flow && !common.quiet) {
      print_out(fmt::format("{}: no errors", file.string()));
    }
    return flow ? exit_done : exit_config;
  }
};

}  // namespace

void add_check(CLI::App& app, Run& chosen) {
  auto command = std::make_shared<CheckCommand>();
  auto* sub = app.add_subcommand("check", "Check a flow file; touches nothing");
  sub->add_option("FLOW", command->file, "The flow file")->required();
  sub->add_flag("--strict", command->strict, "Refuse passwords that are written in the file");
  add_variables(*sub, command->variables);
  add_common(*sub, command->common);
  sub->callback([command, &chosen] { chosen = [command] { return command->run(); }; });
}

}  // namespace postroom::cli
