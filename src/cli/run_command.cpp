// postroom run and postroom plan: a flow, done or only foretold, by the same code.
#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/counts.hpp"
#include "cli/exit_code.hpp"
#include "cli/json_events.hpp"
#include "cli/load_flow.hpp"
#include "cli/output.hpp"
#include "cli/plan_events.hpp"
#include "cli/terminal_events.hpp"
#include "flow/run/run_flow.hpp"
#include "net/connector.hpp"
#include "net/task_group.hpp"

namespace postroom::cli {
namespace {

using base::Task;

// A flow that only sends has no messages to count.
bool has_mail_loop(const std::vector<flow::Step>& steps) {
  return std::ranges::any_of(steps, [](const flow::Step& step) {
    bool is_there = step.spec->name == "for_each_mail";
    for_each_body(step, [&](const auto& inner) { is_there = is_there || has_mail_loop(inner); });
    return is_there;
  });
}

struct RunCommand {
  std::filesystem::path file;
  flow::Mode mode = flow::Mode::run;
  bool dry_run = false;
  bool strict = false;
  bool again = false;
  VariableOptions variables;
  CommonOptions common;

  int run() const;

 private:
  static Task<void> start(flow::RunRequest request, flow::RunEnvironment environment,
                          flow::RunSummary& summary) {
    summary = co_await flow::run_flow(std::move(request), environment);
  }

  bool is_plan() const { return mode == flow::Mode::plan || dry_run; }
  void print_end(const flow::Flow& flow, const flow::RunSummary& summary) const;
};

int RunCommand::run() const {
  Variables values = read_variables(variables);
  auto flow = load_flow(file, values, Purpose::run, strict, common);
  if (!flow) return exit_config;

  const base::Clock& clock = base::system_clock();
  flow::EventFan events;
  JsonEvents json;
  PlanEvents plan;
  TerminalEvents terminal({.is_terminal = is_terminal(STDERR_FILENO),
                           .each_message = common.verbose,
                           .quiet = common.quiet},
                          clock);
  if (common.json) {
    events.add(json);
  } else if (is_plan() && !common.quiet) {
    events.add(plan);
  } else {
    events.add(terminal);
  }

  auto connector = net::make_connector();
  flow::RunSummary summary;
  flow::RunRequest request{.flow = *flow,
                           .variables = values.plain,
                           .secrets = values.secrets,
                           .mode = is_plan() ? flow::Mode::plan : flow::Mode::run,
                           .again = again};
  flow::RunEnvironment environment{*connector, clock, state_directory(common), events};
  // The terminal shows ^C or a progress line where this would begin.
  std::string_view line_end = is_terminal(STDERR_FILENO) ? "\n" : "";
  auto on_signal = [quiet = common.quiet, line_end] {
    if (quiet) return;
    print_err(fmt::format("{}postroom: stopping: finishing what was begun (again to end at once)",
                          line_end));
  };
  net::run_until_signal(start(std::move(request), environment, summary), on_signal);
  print_end(*flow, summary);
  flush_out();
  return exit_code_of(summary);
}

void RunCommand::print_end(const flow::Flow& flow, const flow::RunSummary& summary) const {
  int code = exit_code_of(summary);
  if (common.json) {
    nlohmann::json line{{"event", "summary"},
                        {"run", summary.run},
                        {"plan", is_plan()},
                        {"counts", counts_as_json(summary.counts)},
                        {"warnings", summary.warnings},
                        {"exit_code", code}};
    if (summary.error) line["error"] = cli::to_json(*summary.error);
    print_out(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  bool was_cancelled = summary.error && summary.error->kind() == base::ErrorKind::cancelled;
  if (summary.error && !was_cancelled) print_error(*summary.error);
  if (common.quiet) return;
  bool has_begun = summary.counts.examined > 0;
  if (summary.error && !was_cancelled && !has_begun) return;
  if (is_plan() && !summary.error) {
    print_out(fmt::format("{}: plan only, nothing was changed: {}", flow.name,
                          counts_in_words(summary.counts, Tense::conditional)));
  } else if (!summary.error && !has_begun && !has_mail_loop(flow.steps)) {
    print_out(fmt::format("{}: finished", flow.name));
  } else {
    std::string_view end = was_cancelled   ? "stopped before its end"
                           : summary.error ? "ended early"
                                           : "finished";
    std::string warned =
        summary.warnings == 0 ? std::string() : ", " + base::count_of(summary.warnings, "warning");
    print_out(fmt::format("{}: {}: {}{}", flow.name, end,
                          counts_in_words(summary.counts, Tense::past), warned));
  }
  if (was_cancelled) print_out("Run it again to do the rest: what is done is not done twice.");
}

void add(CLI::App& app, Run& chosen, std::string name, std::string help, flow::Mode mode) {
  auto command = std::make_shared<RunCommand>();
  command->mode = mode;
  auto* sub = app.add_subcommand(std::move(name), std::move(help));
  sub->add_option("FLOW", command->file, "The flow file")->required();
  if (mode == flow::Mode::run) {
    sub->add_flag("--dry-run", command->dry_run, "Connect and read, but change and send nothing");
  }
  sub->add_flag("--strict", command->strict, "Refuse passwords that are written in the file");
  sub->add_flag("--again", command->again, "Also messages that an earlier run has done");
  add_variables(*sub, command->variables);
  add_common(*sub, command->common);
  sub->callback([command, &chosen] { chosen = [command] { return command->run(); }; });
}

}  // namespace

void add_run(CLI::App& app, Run& chosen) { add(app, chosen, "run", "Run a flow", flow::Mode::run); }

void add_plan(CLI::App& app, Run& chosen) {
  add(app, chosen, "plan", "Show what a run would do to which message; changes nothing",
      flow::Mode::plan);
}

}  // namespace postroom::cli
