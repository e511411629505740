// Fields evaluated: from the tree of a loaded step to values of the types that its ActionSpec
// names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/value.hpp"
#include "flow/expression/expression.hpp"
#include "flow/flow.hpp"

namespace postroom::flow {

struct FieldContext {
  std::string zone;                    // of dates without an offset
  const base::Clock* clock = nullptr;  // for today, -7d
  std::string directory;               // absolute: what relative paths start from
  std::string file;                    // named in errors
};

// Every field that is written, and the defaults of those that are not (none inside a group that is
// left out). Left out: secret sources (secret_source) and steps. connect's `session` is in it.
// Shapes by FieldType:
//   literal, text, folder          text
//   choice                         text, the canonical name (aliases resolved)
//   path                           text, absolute and normal; what came from a mail is one safe
//   component each text_list, address_list, folder_list   list of texts, cut at ';' and ',' number
//   number             boolean, condition   true or false duration                       whole
//   number, ms   size                 whole number, bytes date                           date any
//   whatever it yields where                          mapping for to_query (where/where.hpp)
//   mapping, group                 mapping (texts in a mapping, except for `set`: whatever it
//   yields)
// Throws Error{config} that names the file, the line and the field: code expression.wrong_type when
// a value does not fit, expression.unsafe_path when a path leaves its literal prefix.
base::Map evaluate_fields(const Step& step, Expressions& expressions, const Scope& scope,
                          const FieldContext& context);

// One field with its origin: for_each's list, which hands its origin on to its items. Null when it
// is left out.
Evaluated evaluate_field(const Step& step, std::string_view name, Expressions& expressions,
                         const Scope& scope, const FieldContext& context);

// The assignments of a `set`, in file order.
struct Assignment {
  std::string name;
  Evaluated evaluated;
};
std::vector<Assignment> evaluate_assignments(const Step& step, Expressions& expressions,
                                             const Scope& scope, const FieldContext& context);

// A value written out, as a variable's default is: true and false, decimals, lists; everything
// quoted is text.
base::Value plain_value(const Template& text);
base::Value plain_value(const Node& node);

}  // namespace postroom::flow
