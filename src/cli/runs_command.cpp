// postroom runs list|show: what earlier runs did.
#include <map>
#include <ranges>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/date.hpp"
#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/state_file.hpp"
#include "state/owner.hpp"
#include "state/run_log.hpp"

namespace postroom::cli {
namespace {

using nlohmann::json;

struct RunsCommand {
  std::string run_id;
  std::size_t limit = 20;
  CommonOptions common;

  int list() const;
  int show() const;
};

std::string when(base::Instant at) { return base::to_iso8601({at, base::process_zone()}); }

std::string state_of(const state::RunRecord& run) {
  if (run.ended) return fmt::format("exit {}", run.exit_code.value_or(0));
  return state::is_surely_dead(run.owner) ? "died" : "running";
}

json as_json(const state::RunRecord& run) {
  json out{
      {"run", run.id}, {"flow", run.flow_name}, {"file", run.file}, {"started", when(run.started)}};
  if (run.ended) out["ended"] = when(*run.ended);
  if (run.exit_code) out["exit_code"] = *run.exit_code;
  if (!run.error.empty()) out["error"] = run.error;
  out["counts"] = json::parse(run.counts, nullptr, false);
  if (out["counts"].is_discarded()) out["counts"] = nullptr;
  return out;
}

std::string in_words(const state::ChangeRecord& change) {
  std::string target = change.target.empty() ? "" : " " + base::printable(change.target, 200);
  return change.verb + target + (change.is_undone ? " (undone)" : "");
}

json as_json(const std::vector<state::ChangeRecord>& changes) {
  json out = json::array();
  for (const auto& change : changes) {
    out.push_back({{"verb", change.verb},
                   {"target", change.target},
                   {"new_key", change.new_key},
                   {"undone", change.is_undone}});
  }
  return out;
}

const state::RunRecord& only_one(const std::vector<state::RunRecord>& found,
                                 const std::string& id) {
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    throw base::Error(base::ErrorKind::not_found, "runs.unknown",
                      fmt::format("there is no run {}", base::printable(id, 100)),
                      "postroom runs list shows the last ones");
  }
  std::string ids;
  for (const auto& run : found) ids += (ids.empty() ? "" : ", ") + run.id;
  throw base::Error(base::ErrorKind::config, "usage.ambiguous_run",
                    fmt::format("several runs begin with {}", base::printable(id, 100)),
                    "write more of its id: " + ids);
}

void print_line(const json& line) {
  print_out(line.dump(-1, ' ', false, json::error_handler_t::replace));
}

int RunsCommand::list() const {
  auto database = open_state(common);
  if (!database) return exit_done;
  state::RunLog log(*database);
  for (const auto& run : log.runs(limit)) {
    if (common.json) {
      print_line(as_json(run));
    } else {
      print_out(fmt::format("{}  {}  {:<8}  {}", run.id, when(run.started), state_of(run),
                            column(run.flow_name, 60)));
    }
  }
  return exit_done;
}

int RunsCommand::show() const {
  auto database = open_state(common);
  std::vector<state::RunRecord> found;
  std::optional<state::RunLog> log;
  if (database) found = log.emplace(*database).find(run_id);
  const state::RunRecord& run = only_one(found, run_id);
  if (common.json) {
    print_line(as_json(run));
  } else {
    print_out(
        fmt::format("{} ({}), {}, {}", run.flow_name, run.file, when(run.started), state_of(run)));
    if (!run.error.empty()) print_out(fmt::format("ended by: {}", run.error));
  }
  // By message, in the order in which they were made.
  std::map<std::string, std::vector<state::ChangeRecord>> changes;
  for (auto& change : std::views::reverse(log->changes(run.id)))
    changes[change.key].push_back(std::move(change));
  for (const auto& message : log->messages(run.id)) {
    const auto& made = changes[message.key];
    if (common.json) {
      print_line({{"outcome", message.outcome},
                  {"folder", message.folder},
                  {"key", message.key},
                  {"message_id", message.message_id},
                  {"subject", message.subject},
                  {"detail", message.detail},
                  {"changes", as_json(made)},
                  {"at", when(message.at)}});
    } else {
      std::string detail = message.detail.empty() ? "" : ": " + base::printable(message.detail);
      print_out(fmt::format("  {:<12} {}{}", message.outcome, column(message.subject, 60), detail));
      for (const auto& change : made) print_out("               " + in_words(change));
    }
  }
  return exit_done;
}

}  // namespace

void add_runs(CLI::App& app, Run& chosen) {
  auto command = std::make_shared<RunsCommand>();
  auto* sub = app.add_subcommand("runs", "What earlier runs did");
  sub->require_subcommand(1);
  auto* list = sub->add_subcommand("list", "The last runs, newest first");
  list->add_option("--limit", command->limit, "How many")->capture_default_str();
  add_common(*list, command->common);
  list->callback([command, &chosen] { chosen = [command] { return command->list(); }; });
  auto* show = sub->add_subcommand("show", "One run, message by message");
  show->add_option("RUN", command->run_id, "The run's id, or its beginning")->required();
  add_common(*show, command->common);
  show->callback([command, &chosen] { chosen = [command] { return command->show(); }; });
}

}  // namespace postroom::cli
