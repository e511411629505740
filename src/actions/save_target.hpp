// The `overwrite` field as the file writer's word.
#pragma once

#include "actions/action.hpp"
#include "actions/field_values.hpp"

namespace postroom::actions {

inline Overwrite overwrite_of(const base::Map& fields) {
  std::string word = text_of(fields, "overwrite", "number");
  if (word == "replace") return Overwrite::replace;
  if (word == "skip") return Overwrite::skip;
  if (word == "fail") return Overwrite::fail;
  return Overwrite::number;
}

}  // namespace postroom::actions
