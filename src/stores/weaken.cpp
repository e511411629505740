#include "stores/weaken.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace postroom::stores {
namespace {

using mailbox::All;
using mailbox::Any;
using mailbox::Not;
using mailbox::Query;
using mailbox::Want;

// What an unknown test stands for: true where truth lets more messages through, false below a Not.
Query weaken_at(const Query& query, const Want& known, bool below_not) {
  if (const auto* all = std::get_if<All>(&query.test)) {
    All weaker;
    for (const Query& child : all->of) weaker.of.push_back(weaken_at(child, known, below_not));
    return {std::move(weaker)};
  }
  if (const auto* any = std::get_if<Any>(&query.test)) {
    Any weaker;
    for (const Query& child : any->of) weaker.of.push_back(weaken_at(child, known, below_not));
    return {std::move(weaker)};
  }
  if (const auto* negation = std::get_if<Not>(&query.test)) {
    Not weaker;
    for (const Query& child : negation->of)
      weaker.of.push_back(weaken_at(child, known, !below_not));
    return {std::move(weaker)};
  }
  if (covers(known, mailbox::needs_of(query))) return query;
  return below_not ? Query{Any{}} : Query{All{}};
}

}  // namespace

bool covers(const Want& known, const Want& need) {
  auto has = [](bool there, bool needed) { return there || !needed; };
  if (!has(known.envelope, need.envelope) || !has(known.flags, need.flags) ||
      !has(known.size, need.size) || !has(known.received, need.received) ||
      !has(known.structure, need.structure) || !has(known.text, need.text) ||
      !has(known.all_headers, need.all_headers)) {
    return false;
  }
  return known.all_headers || std::ranges::all_of(need.headers, [&](const std::string& name) {
           return std::ranges::any_of(known.headers, [&](const std::string& there) {
             return base::ascii_iequals(there, name);
           });
         });
}

Query weaken(const Query& query, const Want& known) { return weaken_at(query, known, false); }

}  // namespace postroom::stores
