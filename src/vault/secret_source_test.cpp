#include "vault/secret_source.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace postroom::vault {
namespace {

std::unique_ptr<SecretResolver> resolver_with_pw() {
  return make_resolver([](std::string_view name) -> std::optional<base::Secret> {
    if (name == "pw") return base::Secret("s3cret");
    return std::nullopt;
  });
}

TEST(SecretResolver, TakesVariablesAndInsecureStrings) {
  auto resolver = resolver_with_pw();
  EXPECT_EQ(resolver->resolve({VariableSource{"pw"}, "f:3"}, "password").reveal(), "s3cret");
  EXPECT_EQ(resolver->resolve({InsecureString{base::Secret("x")}, "f:3"}, "password").reveal(),
            "x");
}

TEST(SecretResolver, SaysWhichVariableIsMissingAndHowToGiveIt) {
  auto resolver = resolver_with_pw();
  try {
    resolver->resolve({VariableSource{"other"}, "mail.flow.yaml:7"}, "password");
    FAIL() << "resolved a variable that nobody gave";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "secret.not_found");
    EXPECT_NE(error.message().find("mail.flow.yaml:7"), std::string::npos);
    EXPECT_NE(error.hint().find("--var-from other=env:"), std::string::npos);
  }
}

TEST(SecretSource, DescribesItselfWithoutTheValue) {
  EXPECT_EQ(describe({CredentialSource{"m365", "client_id", ""}, ""}), "credential m365/client_id");
  EXPECT_EQ(describe({InsecureString{base::Secret("hidden")}, ""}), "insecure string");
}

}  // namespace
}  // namespace postroom::vault
