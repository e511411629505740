// postroom quarantine list|retry|drop: messages that need a person: those whose attempts are used
// up, and those of which nobody knows whether something was sent.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/date.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/state_file.hpp"
#include "state/sqlite_ledger.hpp"

namespace postroom::cli {
namespace {

struct QuarantineCommand {
  std::int64_t number = 0;
  bool was_sent = false;
  CommonOptions common;

  int list() const;
  int retry() const;
  int drop() const;

 private:
  base::Error unknown() const {
    return base::Error(base::ErrorKind::not_found, "quarantine.unknown",
                       fmt::format("no message {} is in quarantine", number),
                       "postroom quarantine list shows them");
  }
  void tell(std::string_view what) const;
};

int QuarantineCommand::list() const {
  auto database = open_state(common);
  if (!database) return exit_done;
  state::SqliteLedger ledger(*database);
  state::Ledger::Filter filter{
      .states = {state::EntryState::quarantined, state::EntryState::uncertain}};
  for (const auto& entry : ledger.list(filter)) {
    std::string changed = base::to_iso8601({entry.changed, base::process_zone()});
    if (common.json) {
      nlohmann::json line{{"number", entry.id},
                          {"state", state::to_string(entry.state)},
                          {"folder", entry.folder},
                          {"message_id", entry.name.message_id},
                          {"subject", entry.reason.about},
                          {"attempts", entry.attempts},
                          {"code", entry.reason.code},
                          {"reason", entry.reason.text},
                          {"changed", changed}};
      print_out(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
      continue;
    }
    print_out(fmt::format("{:>5}  {:<11}  {}  {}", entry.id, state::to_string(entry.state), changed,
                          column(entry.reason.about, 60)));
    print_out(fmt::format("       {}", base::printable(entry.reason.text)));
  }
  return exit_done;
}

void QuarantineCommand::tell(std::string_view what) const {
  if (common.json) {
    print_out(nlohmann::json{{"number", number}, {"result", what}}.dump());
  } else if (!common.quiet) {
    print_out(fmt::format("message {}: {}", number, what));
  }
}

int QuarantineCommand::retry() const {
  auto database = open_state(common);
  if (!database) throw unknown();
  state::SqliteLedger ledger(*database);
  auto intended = was_sent ? state::Ledger::Intended::done : state::Ledger::Intended::not_done;
  if (!ledger.retry(number, intended, base::system_clock().now())) throw unknown();
  tell("will be tried again by the next run");
  return exit_done;
}

int QuarantineCommand::drop() const {
  auto database = open_state(common);
  if (!database) throw unknown();
  state::SqliteLedger ledger(*database);
  if (!ledger.drop(number, base::system_clock().now())) throw unknown();
  tell("counts as done");
  return exit_done;
}

}  // namespace

void add_quarantine(CLI::App& app, Run& chosen) {
  auto command = std::make_shared<QuarantineCommand>();
  auto* sub = app.add_subcommand("quarantine", "Messages that need a person");
  sub->require_subcommand(1);
  auto* list = sub->add_subcommand("list", "Quarantined and uncertain messages, with the reason");
  add_common(*list, command->common);
  list->callback([command, &chosen] { chosen = [command] { return command->list(); }; });
  auto* retry = sub->add_subcommand(
      "retry", "Let the next run try a message again, from the step where it stopped");
  retry->add_option("NUMBER", command->number, "As list shows it")->required();
  retry->add_flag("--was-sent", command->was_sent, "An uncertain step did happen: go on behind it");
  add_common(*retry, command->common);
  retry->callback([command, &chosen] { chosen = [command] { return command->retry(); }; });
  auto* drop = sub->add_subcommand("drop", "Take a message as done");
  drop->add_option("NUMBER", command->number, "As list shows it")->required();
  add_common(*drop, command->common);
  drop->callback([command, &chosen] { chosen = [command] { return command->drop(); }; });
}

}  // namespace postroom::cli
