// Secret sources of a step: from the tree of a loaded flow to vault::SecretSource.
#pragma once

#include <optional>
#include <string_view>

#include "flow/flow.hpp"
#include "vault/secret_source.hpp"

namespace postroom::flow {

// The source that stands under `path` in `step`: "auth.password", "smtp.auth.username". Nothing
// when the field is left out. A flow that was loaded without errors has exactly one of the three
// forms there.
std::optional<vault::SecretSource> secret_source(const Flow& flow, const Step& step,
                                                 std::string_view path);

}  // namespace postroom::flow
