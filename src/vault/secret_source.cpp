#include "vault/secret_source.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace postroom::vault {
namespace {

using base::Error;
using base::ErrorKind;

class Resolver final : public SecretResolver {
 public:
  explicit Resolver(std::function<std::optional<base::Secret>(std::string_view)> variables)
      : variables_(std::move(variables)) {}

  base::Secret resolve(const SecretSource& source, std::string_view field) const override {
    if (const auto* text = std::get_if<InsecureString>(&source.from)) return text->text;
    if (const auto* variable = std::get_if<VariableSource>(&source.from)) {
      if (auto value = variables_(variable->name)) return *value;
      throw Error(
          ErrorKind::config, "secret.not_found",
          fmt::format("{}: {} comes from variable {}, which has no value", source.place, field,
                      variable->name),
          fmt::format(
              "give it with --var-from {0}=env:NAME, --var-from {0}=file:PATH or --var-from {0}=-",
              variable->name));
    }
    const auto& credential = std::get<CredentialSource>(source.from);
    throw Error(ErrorKind::config, "secret.no_vault",
                fmt::format("{}: {} comes from credential {}, and this version has no vault",
                            source.place, field, credential.name),
                "use { variable: NAME } and give the value with --var-from NAME=env:X or "
                "--var-from NAME=file:PATH");
  }

 private:
  std::function<std::optional<base::Secret>(std::string_view)> variables_;
};

}  // namespace

std::string describe(const SecretSource& source) {
  if (const auto* credential = std::get_if<CredentialSource>(&source.from)) {
    return fmt::format("credential {}/{}", credential->name, credential->attribute);
  }
  if (const auto* variable = std::get_if<VariableSource>(&source.from))
    return "variable " + variable->name;
  return "insecure string";
}

std::unique_ptr<SecretResolver> make_resolver(
    std::function<std::optional<base::Secret>(std::string_view name)> variables) {
  return std::make_unique<Resolver>(std::move(variables));
}

}  // namespace postroom::vault
