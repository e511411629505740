// The postroom command: parses the arguments, runs the chosen verb, turns its error into words and
// an exit code.
#include <algorithm>
#include <exception>
#include <iostream>
#include <optional>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/log.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"

namespace {

using namespace postroom;

int run_chosen(const cli::Run& chosen, bool json) {
  try {
    return chosen();
  } catch (const base::Error& error) {
    if (json) {
      nlohmann::json line{{"event", "error"}, {"error", cli::to_json(error)}};
      cli::print_out(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
      cli::print_error(error);
    }
    return error.code().starts_with("usage.") ? cli::exit_usage : cli::exit_code_of(error);
  }
}

// CLI11 would only say that a verb is missing.
std::optional<base::Error> unknown_verb(const CLI::App& app, std::string_view word) {
  if (word.starts_with('-')) return std::nullopt;
  std::vector<std::string> verbs;
  for (const auto* verb : app.get_subcommands(nullptr)) verbs.push_back(verb->get_name());
  if (std::ranges::find(verbs, word) != verbs.end()) return std::nullopt;
  auto near = base::nearest(word, verbs);
  return base::Error(
      base::ErrorKind::config, "usage.unknown_verb",
      "there is no verb " + base::printable(word, 100),
      near ? "did you mean postroom " + *near + "?" : "postroom --help lists the verbs");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Postroom connects to a mailbox once, under a session name, and runs flows on it.",
               "postroom"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "postroom " POSTROOM_VERSION);
  app.get_formatter()->column_width(28);
  app.footer(
      "postroom VERB --help shows a verb's options. Start with: postroom check FLOW, then plan, "
      "then run.");
  cli::Run chosen;
  cli::add_run(app, chosen);
  cli::add_plan(app, chosen);
  cli::add_check(app, chosen);
  cli::add_runs(app, chosen);
  cli::add_quarantine(app, chosen);
  cli::add_actions(app, chosen);
  cli::add_version(app, chosen);
  if (argc == 1) {
    std::cerr << app.help();
    return cli::exit_usage;
  }
  if (argc == 2 && std::string_view(argv[1]) == "help") {
    std::cout << app.help();
    return 0;
  }
  if (auto error = unknown_verb(app, argv[1])) {
    cli::print_error(*error);
    return cli::exit_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    auto chosen_verbs = app.get_subcommands();
    const CLI::App& verb = chosen_verbs.empty() ? app : *chosen_verbs.front();
    std::cerr << "postroom: error: " << error.what() << "\n\n" << verb.help();
    return cli::exit_usage;
  } catch (const CLI::ParseError& error) {
    int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? 0 : cli::exit_usage;
  }
  base::set_up_log(base::LogLevel::normal);
  bool json = std::any_of(argv, argv + argc,
                          [](const char* word) { return std::string_view(word) == "--json"; });
  try {
    return run_chosen(chosen, json);
  } catch (const std::exception& error) {
    // Not an Error: a bug of ours, or no memory.
    std::cerr << "postroom: internal error: " << error.what() << '\n';
    return 70;
  }
}
