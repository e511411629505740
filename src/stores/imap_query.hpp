// Lowering a Query to UID SEARCH: what the server can decide without ever saying no to a message
// that matches. Pure.
//
// Flags and sizes are exact there, unless it is known to lie about them. Days are the server's own
// idea of a day, so dates go widened by one and are tightened here. Text stays here: servers look
// for words where we look for substrings, and fold case their own way.
#pragma once

#include "imap/quirks.hpp"
#include "imap/wire/search_criteria.hpp"
#include "mailbox/query.hpp"

namespace postroom::stores {

struct LoweredQuery {
  imap::SearchCriteria criteria;  // never empty: "ALL" when the server can decide nothing
  mailbox::Query residue;         // decides among what the server returns
};

// What this server's SEARCH may be believed. What it may not is decided here.
struct SearchTrust {
  bool sizes = true;
  bool sent_dates = true;
  bool composites = true;  // OR and NOT
};

SearchTrust search_trust(const imap::Quirks& quirks) noexcept;

// matches(query) == found by criteria and matches(residue), for every message.
LoweredQuery lower_to_imap(const mailbox::Query& query, imap::LiteralStyle style,
                           SearchTrust trust = {});

}  // namespace postroom::stores
