// Paths with expressions: strangers' words become single components, and the result stays where the
// flow's author meant.
#pragma once

#include <string>
#include <string_view>

#include "flow/expression/expression.hpp"

namespace postroom::flow {

struct EvaluatedPath {
  std::string path;  // absolute, normal
  Origin origin = Origin::flow;
};

// Each value that came from a mail becomes one safe component. Throws Error{config,
// "expression.unsafe_path"} when the result is not below what is written out before the first such
// value.
EvaluatedPath evaluate_path(const Template& text, Expressions& expressions, const Scope& scope,
                            const std::string& directory);

// A leading "~/" is the home directory; nothing else expands. Relative to `directory`.
std::string absolute_path(std::string_view path, const std::string& directory);

}  // namespace postroom::flow
