// Reading evaluated fields. The loader and the evaluator have checked shapes: a missing optional
// field is the fallback.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/value.hpp"
#include "mime/envelope.hpp"

namespace postroom::actions {

std::string text_of(const base::Map& fields, std::string_view name, std::string_view fallback = {});
bool flag_of(const base::Map& fields, std::string_view name, bool fallback);
std::vector<std::string> texts_of(const base::Map& fields, std::string_view name);
bool has(const base::Map& fields, std::string_view name);

enum class OnInvalid { fail, skip };
// Addresses with display names. `on_invalid` fail: Error{config, "send.bad_address"}; skip: left
// out, told in `skipped`.
std::vector<mime::Address> addresses_of(const base::Map& fields, std::string_view name,
                                        OnInvalid on_invalid, std::vector<std::string>& skipped);

}  // namespace postroom::actions
