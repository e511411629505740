// `where`: a filter as a flow writes it, to the Query that every mailbox answers alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/value.hpp"
#include "flow/flow.hpp"
#include "mailbox/query.hpp"

namespace postroom::flow {

// `where` as evaluate_fields gives it. Dates without an offset are in `zone`; relative ones count
// from `now`. Sibling keys are and-ed. Throws Error{config, "where.wrong_type" or
// "where.unknown_key" or "where.bad_pattern"} naming the key.
mailbox::Query to_query(const base::Map& where, std::string_view zone, base::Instant now);

// What can be said before anything is evaluated: keys, the types of constants, patterns that do not
// compile.
void check_where(const Node& where, std::vector<Finding>& findings);

}  // namespace postroom::flow
