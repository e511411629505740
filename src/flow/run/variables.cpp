#include "flow/run/variables.hpp"

#include <fmt/format.h>

#include "flow/expression/fields.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

std::optional<base::Secret> find_secret(const RunRequest& request, std::string_view name) {
  if (auto given = request.secrets.find(name); given != request.secrets.end()) return given->second;
  if (auto plain = request.variables.find(name); plain != request.variables.end()) {
    return base::Secret(plain->second.to_text());
  }
  for (const auto& variable : request.flow.variables) {
    if (variable.name != name || !variable.default_value) continue;
    return base::Secret(plain_value(*variable.default_value).to_text());
  }
  return std::nullopt;
}

}  // namespace

void declare_variables(const RunState& run, Scope& scope) {
  for (const auto& variable : run.flow().variables) {
    if (variable.is_secret) continue;
    if (auto given = run.request.variables.find(variable.name);
        given != run.request.variables.end()) {
      scope.declare(variable.name, given->second, Origin::flow);
    } else if (auto sourced = run.request.secrets.find(variable.name);
               sourced != run.request.secrets.end()) {
      scope.declare(variable.name, std::string(sourced->second.reveal()), Origin::flow);
    } else if (variable.default_value) {
      scope.declare(variable.name, plain_value(*variable.default_value), Origin::flow);
    } else if (variable.required) {
      throw Error(ErrorKind::config, "flow.variable_missing",
                  fmt::format("{}:{}: variable {} needs a value", run.flow().file,
                              variable.place.line, variable.name),
                  fmt::format("give it with --var {}=VALUE", variable.name));
    } else {
      scope.declare(variable.name, {}, Origin::flow);
    }
  }
}

std::unique_ptr<vault::SecretResolver> make_secret_resolver(const RunRequest& request) {
  return vault::make_resolver(
      [&request](std::string_view name) { return find_secret(request, name); });
}

}  // namespace postroom::flow
