// postroom actions: every action and its fields, from the registry that also reads flow files.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "actions/registry.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "cli/spec_json.hpp"

namespace postroom::cli {
namespace {

struct ActionsCommand {
  std::string name;
  bool french = false;
  CommonOptions common;

  std::string_view label(const actions::Label& label) const { return french ? label.fr : label.en; }

  void print_field(const actions::FieldSpec& field, const std::string& indent) const {
    std::string facts(actions::in_words(field.type));
    if (field.required) facts += ", required";
    if (!field.default_text.empty()) facts += fmt::format(", default {}", field.default_text);
    print_out(fmt::format("{}{}  ({}) {}", indent, field.name, facts, label(field.label)));
    if (!field.help.empty()) print_out(fmt::format("{}    {}", indent, field.help));
    for (const auto& choice : field.choices) {
      print_out(fmt::format("{}    {}: {}", indent, choice.name, label(choice.label)));
    }
    for (const auto& inner : field.fields) print_field(inner, indent + "    ");
  }

  int run() const {
    if (name.empty()) {
      for (const auto* spec : actions::all_specs()) print_spec_line(*spec);
      return exit_done;
    }
    const auto* spec = actions::find_spec(name);
    if (!spec) throw unknown();
    if (common.json) {
      print_out(spec_as_json(*spec).dump());
      return exit_done;
    }
    print_out(fmt::format("{}: {}", spec->name, label(spec->label)));
    print_out(fmt::format("{}", spec->help));
    if (spec->place == actions::Place::inside_mail_loop) print_out("Only inside for_each_mail.");
    if (spec->place == actions::Place::outside_mail_loop) print_out("Only outside for_each_mail.");
    auto form = actions::short_form(*spec);
    if (actions::has_only_short_form(*spec)) {
      print_out(fmt::format("Written: {}", form));
      return exit_done;
    }
    if (!form.empty())
      print_out(fmt::format("Short form: {}  (gives {})", form, spec->scalar_field));
    if (spec->uses_session) {
      print_out("  session  (name) Session name");
      print_out("    Left out: the loop's session, or the only one that is connected.");
    }
    for (const auto& field : spec->fields) print_field(field, "  ");
    return exit_done;
  }

  void print_spec_line(const actions::ActionSpec& spec) const {
    if (common.json) {
      print_out(spec_as_json(spec).dump());
    } else {
      print_out(fmt::format("{:<18} {:<28} {}", spec.name, label(spec.label), spec.help));
    }
  }

  base::Error unknown() const {
    std::vector<std::string> names;
    for (const auto* spec : actions::all_specs()) names.emplace_back(spec->name);
    auto near = base::nearest(name, names);
    return base::Error(
        base::ErrorKind::not_found, "actions.unknown", fmt::format("there is no action {}", name),
        near ? fmt::format("did you mean {}?", *near) : "postroom actions lists them all");
  }
};

}  // namespace

void add_actions(CLI::App& app, Run& chosen) {
  auto command = std::make_shared<ActionsCommand>();
  auto* sub = app.add_subcommand("actions", "List the actions, or show one action's fields");
  sub->add_option("ACTION", command->name, "An action's name");
  sub->add_flag("--french", command->french, "Labels in French");
  sub->add_flag("--json", command->common.json, "Machine-readable output: one JSON object a line");
  sub->callback([command, &chosen] { chosen = [command] { return command->run(); }; });
}

}  // namespace postroom::cli
