// SecretSource: where a secret comes from, as a flow states it; SecretResolver: how it is fetched
// when it is used.
//
// Knows: the reference's three tabs. Does not know: who uses the value.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/secret.hpp"

namespace postroom::vault {

struct CredentialSource {
  std::string name;
  std::string attribute;
  std::string locker;
};
struct VariableSource {
  std::string name;
};
struct InsecureString {
  base::Secret text;
};

struct SecretSource {
  std::variant<CredentialSource, VariableSource, InsecureString> from;
  // Where the flow says so, "invoices.flow.yaml:12", for messages.
  std::string place;
};

// "vault credential m365/client_id", "variable password", "insecure string": never the value.
std::string describe(const SecretSource& source);

class SecretResolver {
 public:
  virtual ~SecretResolver() = default;
  // The value, fetched now and never cached on disk. Throws Error{config, "secret.not_found"}
  // naming `field` and the source, with the command or option that would supply it.
  virtual base::Secret resolve(const SecretSource& source, std::string_view field) const = 0;
};

// Variables by a look-up that the flow engine gives; credentials by `vault`, when there is one.
std::unique_ptr<SecretResolver> make_resolver(
    std::function<std::optional<base::Secret>(std::string_view name)> variables);

}  // namespace postroom::vault
