// StepReader's half about fields: one reader a shape.
#include <fmt/format.h>

#include "base/text.hpp"
#include "flow/expression/names.hpp"
#include "flow/load/constants.hpp"
#include "flow/load/secret_reader.hpp"
#include "flow/load/step_reader.hpp"
#include "flow/load/template.hpp"
#include "flow/load/yaml_complaint.hpp"

namespace postroom::flow {
namespace {

using Kind = YamlNode::Kind;
using actions::FieldSpec;
using actions::FieldType;

}  // namespace

bool StepReader::expect(const YamlNode& node, Kind kind, std::string_view name,
                        std::string_view wanted) {
  if (node.is_reported) return false;
  if (node.kind == kind) return true;
  if (node.kind == Kind::null) {
    complaints_.error("flow.missing_value", fmt::format("{} has no value", name),
                      kind == Kind::scalar
                          ? "write a value (\"\" is the empty text), or remove the line"
                          : "write a value, or remove the line",
                      node.place);
  } else if (kind == Kind::mapping && node.kind == Kind::scalar && !node.is_quoted &&
             lacks_space(node.text)) {
    auto finding = missing_space(node.text.substr(0, node.text.find(':')), node.place);
    complaints_.error(finding.code, finding.message, finding.hint, node.place);
  } else {
    static constexpr std::string_view shapes[] = {"nothing", "a text", "a list", "a mapping"};
    complaints_.error(
        "flow.wrong_type",
        fmt::format("{} is {}, not {}", name, shapes[static_cast<int>(node.kind)], wanted),
        fmt::format("write {} here", wanted), node.place);
  }
  return false;
}

Place StepReader::inside(const YamlNode& node, std::size_t offset) const {
  auto source = text_at(text_, node.place);
  std::size_t quote = !source.empty() && (source[0] == '"' || source[0] == '\'') ? 1 : 0;
  if (source.substr(quote).substr(0, offset) != std::string_view(node.text).substr(0, offset))
    return node.place;
  if (std::string_view(node.text).substr(0, offset).contains('\n')) return node.place;
  return {node.place.line, node.place.column + static_cast<int>(quote + offset)};
}

std::optional<Template> StepReader::read_template(const YamlNode& node) {
  if (node.text.size() > limits_.template_bytes && node.text.contains("{{")) {
    complaints_.error(
        "flow.too_large",
        fmt::format("a text with expressions has at most {} bytes", limits_.template_bytes),
        "put the text into a file of its own", node.place);
    return std::nullopt;
  }
  auto parsed = parse_template(node.text);
  if (!parsed) {
    complaints_.error("expression.syntax", parsed.error().message, parsed.error().hint,
                      inside(node, parsed.error().offset));
    return std::nullopt;
  }
  parsed->is_quoted = node.is_quoted;
  return std::move(*parsed);
}

std::optional<Node> StepReader::read_field(const Step& step, const FieldSpec& field,
                                           const YamlNode& node, Place key_place) {
  std::optional<Node> result;
  switch (field.type) {
    case FieldType::literal:
      result = read_literal(field, node);
      break;
    case FieldType::text_list:
    case FieldType::address_list:
    case FieldType::folder_list:
    case FieldType::path_list:
      result = read_list(step, field, node);
      break;
    case FieldType::where:
      if (expect(node, Kind::mapping, field.name, "a mapping of tests"))
        result = read_any(node, key_place);
      break;
    case FieldType::any:
      if (node.kind == Kind::null)
        expect(node, Kind::scalar, field.name, "a value");
      else
        result = read_any(node, key_place);
      break;
    case FieldType::condition:
      result = read_condition(node);
      break;
    case FieldType::secret:
      result = read_secret(field.name, node, complaints_);
      break;
    case FieldType::steps:
      if (node.kind == Kind::null)
        expect(node, Kind::sequence, field.name, "a list of steps");
      else
        result = Node{read_steps(node, fmt::format("{}.{}.", step.path, field.name)), node.place,
                      key_place};
      break;
    case FieldType::mapping:
      result = read_mapping(step, field, node);
      break;
    case FieldType::group:
      result = read_group(step, field, node);
      break;
    default:
      result = read_text(step, field, node);
      break;
  }
  if (result) result->key_place = key_place;
  return result;
}

std::optional<Node> StepReader::read_text(const Step& step, const FieldSpec& field,
                                          const YamlNode& node) {
  if (!expect(node, Kind::scalar, field.name, "one value")) return std::nullopt;
  auto text = read_template(node);
  if (!text) return std::nullopt;
  if (text->is_constant()) {
    if (auto problem = misfit(field, node.text)) {
      complaints_.error(problem->code, fmt::format("{}: {}", field.name, problem->message),
                        problem->hint, node.place);
      return std::nullopt;
    }
  } else if (step.spec->name == "connect" && field.name == "to") {
    complaints_.error("flow.no_expression_here",
                      "to of connect is written out; expressions are not allowed here",
                      "write to: server or to: maildir", node.place);
    return std::nullopt;
  } else if (takes_whole_expression(field.type) && !text->is_one_expression()) {
    complaints_.error(
        "flow.wrong_type",
        fmt::format("{} is a constant or exactly one expression, not a text around one",
                    field.name),
        "write \"{{ expression }}\" and nothing else", node.place);
    return std::nullopt;
  }
  return Node{std::move(*text), node.place, {}};
}

std::optional<Node> StepReader::read_literal(const FieldSpec& field, const YamlNode& node) {
  if (!expect(node, Kind::scalar, field.name, "a name")) return std::nullopt;
  if (node.text.contains("{{")) {
    complaints_.error(
        "flow.no_expression_here",
        fmt::format("{} is written out; expressions are not allowed here", field.name),
        "write a name", node.place);
    return std::nullopt;
  }
  if (field.name == "as" && !is_variable_name(node.text)) {
    complaints_.error(
        "flow.bad_name", fmt::format("{} cannot name a variable", in_quotes(node.text)),
        "use letters, digits and '_', not a word of Lua's or a function's name", node.place);
    return std::nullopt;
  }
  Template text;
  if (!node.text.empty()) text.pieces.push_back({false, node.text});
  text.is_quoted = node.is_quoted;
  return Node{std::move(text), node.place, {}};
}

std::optional<Node> StepReader::read_list(const Step& step, const FieldSpec& field,
                                          const YamlNode& node) {
  FieldSpec item{.name = field.name, .type = FieldType::text};
  if (node.kind != Kind::sequence) return read_text(step, item, node);
  NodeList list;
  for (const auto& entry : node.items) {
    if (auto text = read_text(step, item, entry)) list.push_back(std::move(*text));
  }
  return Node{std::move(list), node.place, {}};
}

std::optional<Node> StepReader::read_mapping(const Step& step, const FieldSpec& field,
                                             const YamlNode& node) {
  if (!expect(node, Kind::mapping, field.name, "a mapping")) return std::nullopt;
  bool is_set = step.spec->name == "set";
  FieldSpec item{.name = field.name, .type = FieldType::text};
  NodeMap map;
  for (const auto& [key, value] : node.entries) {
    if (is_set && !is_variable_name(key.text)) {
      bool space = !key.is_quoted && lacks_space(key.text);
      complaints_.error(
          space ? "flow.missing_space" : "flow.bad_name",
          space ? missing_space(key.text.substr(0, key.text.find(':')), {}).message
                : fmt::format("{} cannot name a variable", in_quotes(key.text)),
          space ? "write a space behind the colon"
                : "use letters, digits and '_', not a word of Lua's or a function's name",
          key.place);
      continue;
    }
    auto entry = is_set && value.kind != Kind::null ? read_any(value, key.place)
                                                    : read_text(step, item, value);
    if (!entry) continue;
    entry->key_place = key.place;
    map.emplace_back(key.text, std::move(*entry));
  }
  return Node{std::move(map), node.place, {}};
}

std::optional<Node> StepReader::read_group(const Step& step, const FieldSpec& field,
                                           const YamlNode& node) {
  if (!expect(node, Kind::mapping, field.name, "a mapping")) return std::nullopt;
  NodeMap map;
  for (const auto& [key, value] : node.entries) {
    const FieldSpec* inner = nullptr;
    std::vector<std::string> names;
    for (const auto& candidate : field.fields) {
      names.emplace_back(candidate.name);
      if (candidate.name == key.text) inner = &candidate;
    }
    if (inner) {
      if (auto entry = read_field(step, *inner, value, key.place))
        map.emplace_back(key.text, std::move(*entry));
    } else if (!key.is_quoted && lacks_space(key.text)) {
      auto finding = missing_space(key.text.substr(0, key.text.find(':')), key.place);
      complaints_.error(finding.code, finding.message, finding.hint, key.place);
    } else {
      bool is_user = field.name == "auth" && (key.text == "user" || key.text == "login");
      complaints_.error("flow.unknown_field",
                        fmt::format("there is no field {} in {}", in_quotes(key.text), field.name),
                        is_user ? "did you mean \"username\"?" : suggestion(key.text, names),
                        key.place);
    }
  }
  return Node{std::move(map), node.place, {}};
}

std::optional<Node> StepReader::read_condition(const YamlNode& node) {
  if (!expect(node, Kind::scalar, "when", "an expression")) return std::nullopt;
  auto parsed = parse_condition(node.text);
  if (!parsed) {
    complaints_.error("expression.syntax", parsed.error().message, parsed.error().hint,
                      inside(node, parsed.error().offset));
    return std::nullopt;
  }
  return Node{std::move(*parsed), node.place, {}};
}

std::optional<Node> StepReader::read_any(const YamlNode& node, Place key_place) {
  if (node.is_reported) return std::nullopt;
  Node result{Template{}, node.place, key_place};
  if (node.kind == Kind::scalar) {
    auto text = read_template(node);
    if (!text) return std::nullopt;
    result.data = std::move(*text);
  } else if (node.kind == Kind::sequence) {
    NodeList list;
    for (const auto& item : node.items) {
      if (auto entry = read_any(item, item.place)) list.push_back(std::move(*entry));
    }
    result.data = std::move(list);
  } else if (node.kind == Kind::mapping) {
    NodeMap map;
    for (const auto& [key, value] : node.entries) {
      if (value.kind == Kind::null && !value.is_reported && !key.is_quoted &&
          lacks_space(key.text)) {
        auto finding = missing_space(key.text.substr(0, key.text.find(':')), key.place);
        complaints_.error(finding.code, finding.message, finding.hint, key.place);
      } else if (value.kind == Kind::null) {
        expect(value, Kind::scalar, in_quotes(key.text), "a value");
      } else if (auto entry = read_any(value, key.place)) {
        map.emplace_back(key.text, std::move(*entry));
      }
    }
    result.data = std::move(map);
  } else {
    complaints_.error("flow.missing_value", "there is no value here",
                      "write a value, or remove the line", node.place);
    return std::nullopt;
  }
  return result;
}

}  // namespace postroom::flow
