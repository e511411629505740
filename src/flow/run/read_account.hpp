// From a connect step to an Account: fields evaluated, secrets still as sources.
#pragma once

#include "account/account.hpp"
#include "base/value.hpp"
#include "flow/flow.hpp"
#include "vault/secret_source.hpp"

namespace postroom::flow {

// `fields` as evaluate_fields gives them. The user name is resolved to find the provider's servers;
// no other secret is. Throws Error{config, "connect.*"} with file:line.
account::Account read_account(const Flow& flow, const Step& step, const base::Map& fields,
                              const vault::SecretResolver& secrets);

}  // namespace postroom::flow
