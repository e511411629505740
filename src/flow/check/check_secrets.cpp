#include "flow/check/check_secrets.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "net/proxy_policy.hpp"

namespace postroom::flow {
namespace {

bool must_be_hidden(std::string_view field) {
  return field == "password" || field == "client_secret";
}

class SecretChecker {
 public:
  SecretChecker(Flow& flow, const CheckOptions& options, Complaints& complaints)
      : flow_(flow), options_(options), complaints_(complaints) {}

  void check() {
    visit(flow_.steps);
    for (const auto& variable : flow_.variables) {
      if (variable.source) {
        refuse_credential(fmt::format("write {}: {{ required: true }} and give it with --var-from "
                                      "{}=env:X or {}=file:PATH",
                                      variable.name, variable.name, variable.name),
                          variable.place);
      }
      if (!variable.is_secret) continue;
      if (variable.default_value) {
        tell(fmt::format("the default of variable {}", variable.name),
             fmt::format("write {}: {{ required: true }} and give it with --var-from {}=env:X or "
                         "{}=file:PATH",
                         variable.name, variable.name, variable.name),
             variable.place);
      }
      if (options_.plain_variables.contains(variable.name)) {
        complaints_.error(
            "secret.by_argument",
            fmt::format("variable {} is secret: --var would show it to every user of this machine",
                        variable.name),
            fmt::format("use --var-from {}=env:NAME, {}=file:PATH or {}=-", variable.name,
                        variable.name, variable.name),
            variable.place);
      }
    }
  }

 private:
  void visit(const std::vector<Step>& steps) {
    for (const auto& step : steps) {
      visit(step.spec->fields, step.fields);
      for_each_body(step, [&](const auto& body) { visit(body); });
    }
  }

  void visit(const std::vector<actions::FieldSpec>& specs, const NodeMap& fields) {
    for (const auto& [name, node] : fields) {
      auto spec = std::ranges::find(specs, name, &actions::FieldSpec::name);
      if (spec != specs.end() && name == "proxy") visit_proxy(node);
      const auto* map = std::get_if<NodeMap>(&node.data);
      if (spec == specs.end() || !map) continue;
      if (spec->type == actions::FieldType::group) visit(spec->fields, *map);
      if (spec->type == actions::FieldType::secret) visit_source(name, *map, node);
    }
  }

  void visit_proxy(const Node& node) {
    const auto* text = std::get_if<Template>(&node.data);
    if (!text || !text->is_constant()) return;
    try {
      auto policy = net::parse_proxy_policy(text->constant_text());
      if (policy.proxy && !policy.proxy->password.empty())
        tell("the proxy's password",
             "write proxy: env and set HTTPS_PROXY where the flow runs, with the password there",
             node.place);
    } catch (const base::Error&) {
      // check_connect says what is wrong with it.
    }
  }

  void visit_source(const std::string& field, const NodeMap& source, const Node& node) {
    for (const auto& [key, value] : source) {
      if (key == "insecure_string" && must_be_hidden(field)) {
        tell(field,
             fmt::format(
                 "use {{ variable: NAME }} with variables: {{ NAME: {{ required: true }} }}, "
                 "and give it with --var-from NAME=env:X or NAME=file:PATH"),
             node.place);
      }
      if (key == "credential") {
        refuse_credential(
            "use { variable: NAME } with variables: { NAME: { required: true } }, and give it with "
            "--var-from NAME=env:X or NAME=file:PATH",
            node.place);
      }
      if (key != "variable") continue;
      auto name = std::get<Template>(value.data).constant_text();
      auto variable = std::ranges::find(flow_.variables, name, &Variable::name);
      if (variable == flow_.variables.end()) {
        std::vector<std::string> names;
        for (const auto& known : flow_.variables) names.push_back(known.name);
        complaints_.error(
            "flow.unknown_variable", fmt::format("there is no variable {}", in_quotes(name)),
            names.empty()
                ? fmt::format("declare it: variables: {{ {}: {{ required: true }} }}", name)
                : suggestion(name, names),
            value.place);
      } else if (must_be_hidden(field)) {
        variable->is_secret = true;
      }
    }
  }

  void refuse_credential(std::string hint, Place place) {
    complaints_.error("secret.no_vault", "{ credential: ... } needs a vault; this version has none",
                      std::move(hint), place);
  }

  void tell(std::string_view what, std::string hint, Place place) {
    auto message = fmt::format("{} stands in the file in the clear", what);
    if (options_.strict)
      complaints_.error("secret.insecure_string", std::move(message), std::move(hint), place);
    else
      complaints_.warning("secret.insecure_string", std::move(message), std::move(hint), place);
  }

  Flow& flow_;
  const CheckOptions& options_;
  Complaints& complaints_;
};

}  // namespace

void check_secrets(Flow& flow, const CheckOptions& options, Complaints& complaints) {
  SecretChecker(flow, options, complaints).check();
}

}  // namespace postroom::flow
