#include "flow/load/step_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "actions/registry.hpp"
#include "base/text.hpp"
#include "flow/expression/names.hpp"
#include "flow/load/constants.hpp"
#include "flow/load/yaml_complaint.hpp"

namespace postroom::flow {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view step_keys[] = {"id", "enabled", "note"};

bool is_step_key(std::string_view name) {
  return std::ranges::find(step_keys, name) != std::end(step_keys);
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool acts_on_mail(const actions::ActionSpec& spec) {
  return spec.place == actions::Place::inside_mail_loop;
}

bool has_session(const actions::ActionSpec& spec) {
  return spec.uses_session || actions::find_field(spec, "session") != nullptr;
}

// Other programs' words for our fields; each counts only where the field is there.
constexpr std::pair<std::string_view, std::string_view> other_words[] = {
    {"then", "do"},      {"steps", "do"},  {"condition", "when"}, {"test", "when"},
    {"filter", "where"}, {"target", "to"}, {"destination", "to"}, {"folder", "to"},
    {"directory", "to"}, {"path", "to"},   {"status", "to"},      {"recipient", "to"},
    {"message", "text"}, {"body", "text"}, {"server", "host"},    {"pattern", "name"},
    {"max", "limit"},    {"mode", "how"},
};

std::string hint_for_field(std::string_view action, std::string_view written,
                           const std::vector<std::string>& names) {
  static constexpr std::string_view of_auth[] = {"user", "username", "login", "password", "mode"};
  if (action == "connect" && std::ranges::find(of_auth, written) != std::end(of_auth))
    return "write auth: { username: ..., password: ... }";
  for (const auto& [word, field] : other_words) {
    if (word == written && holds(names, field))
      return fmt::format("did you mean {}?", in_quotes(field));
  }
  return suggestion(written, names);
}

std::vector<std::string> field_names(const actions::ActionSpec& spec) {
  std::vector<std::string> names;
  if (has_session(spec)) names.emplace_back("session");
  for (const auto& field : spec.fields) {
    if (field.name != "session") names.emplace_back(field.name);
  }
  if (acts_on_mail(spec)) names.emplace_back("mail");
  return names;
}

}  // namespace

std::vector<Step> StepReader::read_steps(const YamlNode& node, const std::string& path) {
  std::vector<Step> steps;
  if (node.is_reported) return steps;
  if (node.kind != Kind::sequence) {
    complaints_.error("flow.wrong_type", "steps are a list: each begins with \"- \"",
                      "write one step a line, such as - log: \"hello\"", node.place);
    return steps;
  }
  if (node.items.empty()) {
    complaints_.error("flow.no_steps", "there are no steps here", "add a step, or remove this body",
                      node.place);
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (++steps_ > limits_.steps) {
      complaints_.error("flow.too_large", fmt::format("a flow has at most {} steps", limits_.steps),
                        "split it into several flows", node.items[i].place);
      break;
    }
    if (auto step = read_step(node.items[i], path + std::to_string(i)))
      steps.push_back(std::move(*step));
  }
  return steps;
}

std::optional<Step> StepReader::read_step(const YamlNode& node, std::string path) {
  if (node.is_reported) return std::nullopt;
  if (node.kind != Kind::mapping) {
    if (node.kind == Kind::scalar && !node.is_quoted && lacks_space(node.text)) {
      complaints_.error("flow.missing_space",
                        missing_space(node.text.substr(0, node.text.find(':')), {}).message,
                        "write a space behind the colon", node.place);
    } else if (node.kind == Kind::scalar && actions::find_spec(node.text)) {
      complaints_.error("flow.wrong_type", "a step is an action with a colon behind its name",
                        fmt::format("write - {}:", node.text), node.place);
    } else {
      complaints_.error("flow.wrong_type", "a step is an action and its fields",
                        "write it such as - move: { to: Archive }", node.place);
    }
    return std::nullopt;
  }
  Step step;
  step.path = std::move(path);
  step.place = node.place;
  const YamlNode* action = nullptr;
  const YamlNode* body = nullptr;
  bool is_sound = true;
  for (const auto& [key, value] : node.entries) {
    if (is_step_key(key.text)) continue;
    const auto* spec = actions::find_spec(key.text);
    if (!spec) {
      // A field that slipped out of its action is found below, where the action is known.
      if (!(step.spec && holds(field_names(*step.spec), key.text)))
        complain_of_key(key, node);
      else
        complaints_.error(
            "flow.misplaced_field",
            fmt::format("{} stands beside {}, not inside it", in_quotes(key.text), step.spec->name),
            fmt::format("indent it by two more spaces than \"{}:\"", step.spec->name), key.place);
      is_sound = false;
    } else if (action) {
      complaints_.error("flow.two_actions",
                        fmt::format("a step is one action; {} is a second one beside {}",
                                    spec->name, step.spec->name),
                        fmt::format("write \"- {}:\" to begin a step", spec->name), key.place);
      is_sound = false;
    } else {
      step.spec = spec;
      action = &key;
      body = &value;
    }
  }
  if (!action) {
    if (is_sound)
      complaints_.error("flow.no_action", "this step has no action",
                        "add one, such as log: \"hello\"", node.place);
    return std::nullopt;
  }
  step.place = action->place;
  for (const auto& [key, value] : node.entries) {
    if (key.text == "note" && value.kind == Kind::scalar)
      step.note = value.text;
    else if (key.text == "note" && !value.is_reported && value.kind != Kind::null)
      complaints_.error("flow.wrong_type", "a note is a text", "write note: \"...\"", value.place);
    if (key.text == "enabled") {
      if (value.text == "true" || value.text == "false")
        step.enabled = value.text == "true";
      else
        complaints_.error("flow.wrong_type",
                          fmt::format("{} is not true or false", in_quotes(value.text)),
                          "write true or false", value.place);
    }
    if (key.text != "id") continue;
    if (!is_session_name(value.text)) {
      complaints_.error("flow.bad_name", "an id is 1 to 64 letters, digits, '_', '.' or '-'",
                        "write id: NAME", value.place);
    } else if (!ids_.insert(value.text).second) {
      complaints_.error("flow.duplicate_id",
                        fmt::format("another step has the id {}", in_quotes(value.text)),
                        "give each step an id of its own", value.place);
    } else {
      step.id = value.text;
    }
  }
  // A broken neighbour makes the action's fields look missing: one complaint a mistake.
  if (is_sound || body->kind != Kind::null) read_action(step, *action, *body);
  return step;
}

void StepReader::read_action(Step& step, const YamlNode& key, const YamlNode& body) {
  if (body.is_reported || body.kind == Kind::null) return;
  const auto* only = step.spec->scalar_field.empty()
                         ? nullptr
                         : actions::find_field(*step.spec, step.spec->scalar_field);
  if (only && only->type == actions::FieldType::mapping && body.kind == Kind::mapping) {
    if (auto node = read_field(step, *only, body, key.place))
      step.fields.emplace_back(std::string(only->name), std::move(*node));
  } else if (body.kind == Kind::mapping) {
    read_fields(step, body);
  } else if (body.kind == Kind::scalar) {
    read_scalar_body(step, key, body);
  } else {
    complaints_.error(
        "flow.wrong_type", fmt::format("{} has fields, not a list", step.spec->name),
        fmt::format("fields of {}: {}", step.spec->name, base::join(field_names(*step.spec), ", ")),
        body.place);
  }
}

void StepReader::read_scalar_body(Step& step, const YamlNode& key, const YamlNode& body) {
  const auto& spec = *step.spec;
  if (!body.is_quoted && lacks_space(body.text)) {
    auto name = body.text.substr(0, body.text.find(':'));
    if (holds(field_names(spec), name)) {
      auto finding = missing_space(name, body.place);
      complaints_.error(finding.code, finding.message, finding.hint, body.place);
      return;
    }
  }
  if (spec.scalar_field == "session") return read_session(step, body);
  const auto* field =
      spec.scalar_field.empty() ? nullptr : actions::find_field(spec, spec.scalar_field);
  if (!field || field->type == actions::FieldType::mapping) {
    complaints_.error(
        "flow.wrong_type", fmt::format("{} has fields, not a text", spec.name),
        fmt::format("fields of {}: {}", spec.name, base::join(field_names(spec), ", ")),
        body.place);
    return;
  }
  if (auto node = read_field(step, *field, body, key.place))
    step.fields.emplace_back(std::string(field->name), std::move(*node));
}

void StepReader::read_fields(Step& step, const YamlNode& body) {
  for (const auto& [key, value] : body.entries) {
    if (key.text == "session" && has_session(*step.spec)) {
      read_session(step, value);
    } else if (key.text == "mail" && acts_on_mail(*step.spec)) {
      read_mail(step, value);
    } else if (const auto* field = actions::find_field(*step.spec, key.text)) {
      if (auto node = read_field(step, *field, value, key.place))
        step.fields.emplace_back(key.text, std::move(*node));
    } else {
      complain_of_field(step, key);
    }
  }
}

void StepReader::read_session(Step& step, const YamlNode& node) {
  if (node.is_reported) return;
  if (node.kind == Kind::scalar && is_session_name(node.text)) {
    step.session = node.text;
  } else if (node.text.contains("{{")) {
    complaints_.error("flow.no_expression_here",
                      "a session name is written out; expressions are not allowed here",
                      "write the name that connect uses", node.place);
  } else {
    complaints_.error("flow.bad_name", "a session name is 1 to 64 letters, digits, '_', '.' or '-'",
                      "write session: NAME", node.place);
  }
}

void StepReader::read_mail(Step& step, const YamlNode& node) {
  if (node.is_reported) return;
  if (node.kind == Kind::scalar && is_variable_name(node.text)) {
    step.mail = node.text;
  } else {
    complaints_.error("flow.bad_name",
                      "mail is the name that a mail loop gives its message with `as`",
                      "write mail: NAME", node.place);
  }
}

void StepReader::complain_of_key(const YamlNode& key, const YamlNode& step) {
  auto finding = missing_space(key.text.substr(0, key.text.find(':')), key.place);
  if (!key.is_quoted && lacks_space(key.text))
    return complaints_.error(finding.code, finding.message, finding.hint, key.place);
  for (const auto& [other, value] : step.entries) {
    const auto* spec = actions::find_spec(other.text);
    if (!spec || !holds(field_names(*spec), key.text)) continue;
    complaints_.error(
        "flow.misplaced_field",
        fmt::format("{} stands beside {}, not inside it", in_quotes(key.text), spec->name),
        fmt::format("indent it by two more spaces than \"{}:\"", spec->name), key.place);
    return;
  }
  std::vector<std::string> names;
  for (const auto* spec : actions::all_specs()) names.emplace_back(spec->name);
  auto hint = suggestion(key.text, names);
  if (!base::nearest(key.text, names)) {
    std::vector<std::string> keys(std::begin(step_keys), std::end(step_keys));
    if (auto meant = base::nearest(key.text, keys))
      hint = fmt::format("did you mean {}?", in_quotes(*meant));
  }
  complaints_.error("flow.unknown_action",
                    fmt::format("there is no action {}", in_quotes(key.text)), std::move(hint),
                    key.place);
}

void StepReader::complain_of_field(const Step& step, const YamlNode& key) {
  auto names = field_names(*step.spec);
  if (!key.is_quoted && lacks_space(key.text)) {
    auto finding = missing_space(key.text.substr(0, key.text.find(':')), key.place);
    return complaints_.error(finding.code, finding.message, finding.hint, key.place);
  }
  if (is_step_key(key.text)) {
    complaints_.error(
        "flow.misplaced_field",
        fmt::format("{} belongs to the step, not to {}", in_quotes(key.text), step.spec->name),
        fmt::format("write it beside \"{}:\", one level up", step.spec->name), key.place);
    return;
  }
  complaints_.error("flow.unknown_field",
                    fmt::format("there is no field {} in {}", in_quotes(key.text), step.spec->name),
                    hint_for_field(step.spec->name, key.text, names), key.place);
}

}  // namespace postroom::flow
