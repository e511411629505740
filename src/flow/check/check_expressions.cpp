#include "flow/check/check_expressions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "flow/expression/names.hpp"

namespace postroom::flow {
namespace {

bool holds(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void check_expression(const std::string& expression, Place place, const NamesInScope& names,
                      Expressions& expressions, Complaints& complaints) {
  if (auto problem = expressions.syntax_error(expression)) {
    auto operator_hint = foreign_operator(expression);
    complaints.error("expression.syntax",
                     fmt::format("{} is no expression: {}", in_quotes(expression), *problem),
                     operator_hint.empty()
                         ? "write one Lua expression, such as mail.subject or #mail.attachments > 1"
                         : operator_hint,
                     place);
    return;
  }
  for (const auto& use : names_in(expression)) {
    const auto* known = names.find(use.name);
    if (!known) {
      if (holds(builtin_names(), use.name)) continue;
      auto all = names.all();
      std::vector<std::string> candidates(builtin_names().begin(), builtin_names().end());
      candidates.insert(candidates.end(), all.begin(), all.end());
      complaints.error("flow.unknown_variable",
                       fmt::format("there is no variable {} here", in_quotes(use.name)),
                       all.empty() ? "declare it under variables, or set it before"
                                   : suggestion(use.name, use.name.size() > 2 ? candidates : all),
                       place);
    } else if (known->is_secret) {
      complaints.error(
          "secret.in_expression",
          fmt::format("variable {} is secret and cannot be used in an expression", use.name),
          fmt::format("use it as {{ variable: {} }} in a password or client_secret", use.name),
          place);
    } else if (known->is_mail && !use.path.empty() && !holds(mail_properties(), use.path.front())) {
      std::vector<std::string> properties(mail_properties().begin(), mail_properties().end());
      complaints.unknown("expression.unknown_property", "property", use.path.front(), "a mail",
                         properties, place);
    }
  }
}

}  // namespace

void check_expressions(const Node& node, const NamesInScope& names, Expressions& expressions,
                       Complaints& complaints) {
  if (const auto* text = std::get_if<Template>(&node.data)) {
    for (const auto& piece : text->pieces) {
      if (piece.is_expression)
        check_expression(piece.text, node.place, names, expressions, complaints);
    }
  } else if (const auto* list = std::get_if<NodeList>(&node.data)) {
    for (const auto& item : *list) check_expressions(item, names, expressions, complaints);
  } else if (const auto* map = std::get_if<NodeMap>(&node.data)) {
    for (const auto& [name, item] : *map) check_expressions(item, names, expressions, complaints);
  }
}

}  // namespace postroom::flow
