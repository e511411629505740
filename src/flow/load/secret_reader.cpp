#include "flow/load/secret_reader.hpp"

#include <array>

#include <fmt/format.h>

#include "flow/load/secret_field.hpp"
#include "flow/load/yaml_complaint.hpp"

namespace postroom::flow {
namespace {

using Kind = YamlNode::Kind;

Node text_node(std::string text, Place place) {
  Template value;
  if (!text.empty()) value.pieces.push_back({false, std::move(text)});
  value.is_quoted = true;
  return {std::move(value), place, place};
}

const Node* entry(const NodeMap& map, std::string_view name) {
  for (const auto& [key, node] : map) {
    if (key == name) return &node;
  }
  return nullptr;
}

std::string text_of_entry(const NodeMap& map, std::string_view name) {
  const Node* node = entry(map, name);
  const auto* text = node ? std::get_if<Template>(&node->data) : nullptr;
  return text ? text->constant_text() : std::string();
}

}  // namespace

bool takes_bare_text(std::string_view field) noexcept {
  return field == "username" || field == "tenant_id" || field == "client_id" || field == "subject";
}

std::optional<Node> read_secret(std::string_view field, const YamlNode& node,
                                Complaints& complaints) {
  if (node.is_reported) return std::nullopt;
  if (node.kind == Kind::scalar) {
    if (node.text.contains("{{")) {
      complaints.error("flow.no_expression_here", fmt::format("{} cannot be an expression", field),
                       "write { variable: NAME } for a variable", node.place);
      return std::nullopt;
    }
    if (!takes_bare_text(field)) {
      complaints.error(
          "secret.bare_text", fmt::format("{} cannot be written as bare text", field),
          "write { variable: NAME } and give it with --var-from, or { insecure_string: TEXT }",
          node.place);
      return std::nullopt;
    }
    NodeMap map;
    map.emplace_back("insecure_string", text_node(node.text, node.place));
    return Node{std::move(map), node.place, node.place};
  }
  if (node.kind != Kind::mapping) {
    complaints.error("flow.wrong_type", fmt::format("{} has no source", field),
                     "write { variable: NAME } and give it with --var-from, or { insecure_string: "
                     "TEXT }",
                     node.place);
    return std::nullopt;
  }
  static const std::vector<std::string> known = {"variable", "insecure_string"};
  NodeMap map;
  int sources = 0;
  bool is_credential = false;
  bool is_sound = true;
  for (const auto& [key, value] : node.entries) {
    bool is_source =
        key.text == "credential" || key.text == "variable" || key.text == "insecure_string";
    if (!is_source && key.text != "attribute" && key.text != "locker") {
      if (!key.is_quoted && lacks_space(key.text)) {
        complaints.error("flow.missing_space",
                         missing_space(key.text.substr(0, key.text.find(':')), {}).message,
                         "write a space behind the colon", key.place);
      } else {
        complaints.unknown("flow.unknown_key", "key", key.text, "a secret source", known,
                           key.place);
      }
      is_sound = false;
      continue;
    }
    sources += is_source ? 1 : 0;
    is_credential |= key.text == "credential";
    if (value.is_reported) {
      is_sound = false;
    } else if (value.kind != Kind::scalar ||
               (value.text.empty() && key.text != "insecure_string")) {
      complaints.error("flow.wrong_type", fmt::format("{} is not a text", key.text),
                       fmt::format("write {}: TEXT", key.text), value.place);
      is_sound = false;
    } else if (value.text.contains("{{") && key.text != "insecure_string") {
      complaints.error("flow.no_expression_here", "expressions are not allowed in a secret source",
                       "write the name out", value.place);
      is_sound = false;
    } else {
      map.emplace_back(key.text, text_node(value.text, value.place));
    }
  }
  if (!is_sound) return std::nullopt;
  if (sources != 1) {
    complaints.error("secret.one_source",
                     fmt::format("{} has {}; it takes exactly one", field,
                                 sources == 0 ? "no source" : "several sources"),
                     "write one of { variable: NAME }, { insecure_string: TEXT }", node.place);
    return std::nullopt;
  }
  if (!is_credential && (entry(map, "attribute") || entry(map, "locker"))) {
    complaints.error("secret.one_source", "attribute and locker go with credential only",
                     "remove them", node.place);
    return std::nullopt;
  }
  if (is_credential && !entry(map, "attribute"))
    map.emplace_back("attribute", text_node(std::string(field), node.place));
  return Node{std::move(map), node.place, node.place};
}

std::optional<vault::SecretSource> secret_source(const Flow& flow, const Step& step,
                                                 std::string_view path) {
  auto dot = path.find('.');
  const Node* node = step.field(path.substr(0, dot));
  while (node && dot != std::string_view::npos) {
    path.remove_prefix(dot + 1);
    dot = path.find('.');
    const auto* map = std::get_if<NodeMap>(&node->data);
    node = map ? entry(*map, path.substr(0, dot)) : nullptr;
  }
  const auto* map = node ? std::get_if<NodeMap>(&node->data) : nullptr;
  if (!map) return std::nullopt;
  vault::SecretSource source;
  source.place = fmt::format("{}:{}", flow.file, node->place.line);
  if (entry(*map, "credential")) {
    source.from =
        vault::CredentialSource{text_of_entry(*map, "credential"), text_of_entry(*map, "attribute"),
                                text_of_entry(*map, "locker")};
  } else if (entry(*map, "variable")) {
    source.from = vault::VariableSource{text_of_entry(*map, "variable")};
  } else {
    source.from = vault::InsecureString{base::Secret(text_of_entry(*map, "insecure_string"))};
  }
  return source;
}

}  // namespace postroom::flow
