// Values as JSON: what the ledger keeps of `as`, and what --json prints.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/value.hpp"

namespace postroom::flow {

// Dates become {"date_ms": milliseconds since 1970 in UTC, "zone": NAME}; texts are made valid
// UTF-8.
nlohmann::json to_json(const base::Value& value);

std::string to_json_text(const base::Value& value);
// Null for what to_json_text did not write.
base::Value from_json_text(std::string_view text);

}  // namespace postroom::flow
