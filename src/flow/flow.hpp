// Flow: a flow file as read: steps, fields, templates, each with its place. Pure data.
//
// Does not know: YAML (load), Lua (expression), sessions (run).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actions/action_spec.hpp"
#include "base/value.hpp"
#include "vault/secret_source.hpp"

namespace postroom::flow {

struct Place {
  int line = 0;    // from 1; 0: unknown
  int column = 0;  // from 1
};

// A text with {{ expressions }} in it.
struct Template {
  struct Piece {
    bool is_expression = false;
    std::string text;  // literal text, or the Lua expression without its braces
  };
  std::vector<Piece> pieces;  // empty: ""
  bool is_quoted = false;     // written in quotes: never read as a number or truth value

  bool is_constant() const noexcept;
  bool is_one_expression() const noexcept;  // exactly one {{ expr }} and nothing around it
  std::string constant_text() const;        // of a constant one
};

struct Step;
struct Node;
using NodeList = std::vector<Node>;
struct NamedNode;
using NodeMap = std::vector<NamedNode>;  // in file order, no duplicates

// A field's value before evaluation.
struct Node {
  std::variant<Template, NodeList, NodeMap, std::vector<Step>> data;
  Place place;
  Place key_place;  // of the key that it stands under
};

struct NamedNode {
  std::string name;
  Node node;
};

struct Step {
  const actions::ActionSpec* spec = nullptr;
  std::string id;    // as written; may be empty
  std::string path;  // "2", "2.do.0", "3.else.1": stable address within the flow
  bool enabled = true;
  std::string note;
  std::string session;  // resolved statically; empty for glue
  std::string mail;     // name of the loop variable acted on; empty: the innermost
  NodeMap fields;       // the spec's fields, besides session and mail
  Place place;

  const Node* field(std::string_view name) const noexcept;
  // The steps under a field ("do", "else"); none where it is not given.
  const std::vector<Step>& body(std::string_view name) const noexcept;
};

// Calls `visit` with every list of steps directly inside `step`, in file order.
template <class Visit>
void for_each_body(const Step& step, Visit visit) {
  for (const auto& [name, node] : step.fields) {
    if (const auto* body = std::get_if<std::vector<Step>>(&node.data)) visit(*body);
  }
}

struct Variable {
  std::string name;
  std::optional<Node> default_value;          // a plain value
  std::optional<vault::SecretSource> source;  // a stored credential
  bool required = false;
  bool is_secret = false;  // feeds a password or client_secret
  Place place;
};

struct Flow {
  std::string id;
  std::string name;
  std::string timezone;
  std::vector<Variable> variables;
  std::vector<Step> steps;
  std::string file;       // as given, for messages
  std::string directory;  // absolute: what paths in it are relative to
};

// Something to tell about a flow before it runs.
struct Finding {
  enum class Level { error, warning, info } level = Level::error;
  std::string code;  // "flow.unknown_key"
  std::string message;
  std::string hint;
  Place place;
};

}  // namespace postroom::flow
