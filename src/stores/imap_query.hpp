// Lowering a Query to UID SEARCH: what the server can decide without ever saying no to a message
// that matches. Pure.
//
// Flags and sizes are exact there. Days are the server's own idea of a day, so dates go widened by
// one and are tightened here. Text stays here: servers look for words where we look for substrings,
// and fold case their own way.
#pragma once

#include "imap/wire/search_criteria.hpp"
#include "mailbox/query.hpp"

namespace postroom::stores {

struct LoweredQuery {
  imap::SearchCriteria criteria;  // never empty: "ALL" when the server can decide nothing
  mailbox::Query residue;         // decides among what the server returns
};

// matches(query) == found by criteria and matches(residue), for every message.
LoweredQuery lower_to_imap(const mailbox::Query& query, imap::LiteralStyle style);

}  // namespace postroom::stores
