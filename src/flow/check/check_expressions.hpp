// Expressions of a field: do they compile, and do they use only names that are known there?
#pragma once

#include "flow/check/names_in_scope.hpp"
#include "flow/expression/expression.hpp"
#include "flow/load/complaints.hpp"

namespace postroom::flow {

void check_expressions(const Node& node, const NamesInScope& names, Expressions& expressions,
                       Complaints& complaints);

}  // namespace postroom::flow
