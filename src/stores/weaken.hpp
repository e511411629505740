// A query that asks less: what can be decided from some of a message already. Pure.
//
// Owns: which tests need which items. Does not know: where the items come from.
#pragma once

#include "mailbox/query.hpp"
#include "mailbox/want.hpp"

namespace postroom::stores {

// The strongest query that follows from `query` and reads nothing but `known`. Every message that
// matches `query` matches it too; a message that fails it needs no further fetching.
mailbox::Query weaken(const mailbox::Query& query, const mailbox::Want& known);

// Whether everything that `need` names is in `known`.
bool covers(const mailbox::Want& known, const mailbox::Want& need);

}  // namespace postroom::stores
