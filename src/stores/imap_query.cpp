#include "stores/imap_query.hpp"

#include <algorithm>
#include <optional>

namespace postroom::stores {
namespace {

using imap::SearchCriteria;
using mailbox::All;
using mailbox::Any;
using mailbox::Flag;
using mailbox::FlagTest;
using mailbox::Not;
using mailbox::Query;
using mailbox::SizeTest;
using mailbox::TimeField;
using mailbox::TimeTest;

// RFC 9051 section 9: a number has 32 bits; some servers answer BAD to more.
constexpr std::uint64_t largest_number = 4'294'967'295;

// Which side may be wrong: below a Not, too few must be found so that its opposite is too many.
enum class Bound { above, below };

Bound opposite(Bound bound) { return bound == Bound::above ? Bound::below : Bound::above; }

using Found = std::optional<SearchCriteria>;  // nothing: the server cannot bound it on that side

class Lowering {
 public:
  Lowering(imap::LiteralStyle style, SearchTrust trust) : style_(style), trust_(trust) {}

  Found bound(const Query& query, Bound side) const {
    return std::visit([&](const auto& test) { return bound_of(test, side); }, query.test);
  }

  Query residue_of(const Query& query) const {
    if (is_exact(query)) return Query::everything();
    const auto* all = std::get_if<All>(&query.test);
    if (all == nullptr) return query;
    All rest;
    for (const Query& child : all->of) {
      if (!is_exact(child)) rest.of.push_back(residue_of(child));
    }
    return {std::move(rest)};
  }

 private:
  bool is_exact(const Query& query) const {
    if (const auto* all = std::get_if<All>(&query.test)) return all_exact(all->of);
    if (const auto* any = std::get_if<Any>(&query.test))
      return trust_.composites && all_exact(any->of);
    if (const auto* negation = std::get_if<Not>(&query.test))
      return trust_.composites && all_exact(negation->of);
    if (std::holds_alternative<FlagTest>(query.test)) return true;
    if (const auto* size = std::get_if<SizeTest>(&query.test)) return trust_.sizes && fits(*size);
    return false;
  }
  bool all_exact(const std::vector<Query>& of) const {
    return std::ranges::all_of(of, [&](const Query& child) { return is_exact(child); });
  }
  static bool fits(const SizeTest& test) {
    return test.larger_than.value_or(0) <= largest_number &&
           test.smaller_than.value_or(0) <= largest_number;
  }

  SearchCriteria everything() const {
    SearchCriteria criteria(style_);
    criteria.all();
    return criteria;
  }
  SearchCriteria nothing() const {
    SearchCriteria criteria(style_);
    criteria.negate(everything());
    return criteria;
  }

  Found bound_of(const All& test, Bound side) const {
    SearchCriteria criteria(style_);
    for (const Query& child : test.of) {
      Found found = bound(child, side);
      if (found) {
        criteria.both(*found);
      } else if (side == Bound::below) {
        return std::nullopt;
      }
    }
    if (!criteria.empty()) return criteria;
    return test.of.empty() ? Found(everything()) : std::nullopt;
  }

  Found bound_of(const Any& test, Bound side) const {
    if (!trust_.composites) return std::nullopt;
    Found either;
    for (const Query& child : test.of) {
      Found found = bound(child, side);
      if (!found) {
        if (side == Bound::above) return std::nullopt;
        continue;
      }
      if (either) {
        SearchCriteria both(style_);
        both.either(*either, *found);
        either = std::move(both);
      } else {
        either = std::move(found);
      }
    }
    if (!either && test.of.empty()) return nothing();
    return either;
  }

  Found bound_of(const Not& test, Bound side) const {
    if (!trust_.composites) return std::nullopt;
    Query inner{All{test.of}};
    Found found = bound(inner, opposite(side));
    if (!found) return std::nullopt;
    SearchCriteria criteria(style_);
    criteria.negate(*found);
    return criteria;
  }

  Found bound_of(const FlagTest& test, Bound) const {
    SearchCriteria c(style_);
    switch (test.flag) {
      case Flag::seen:
        test.is_set ? c.seen() : c.unseen();
        break;
      case Flag::flagged:
        test.is_set ? c.flagged() : c.unflagged();
        break;
      case Flag::answered:
        test.is_set ? c.answered() : c.unanswered();
        break;
      case Flag::draft:
        test.is_set ? c.draft() : c.undraft();
        break;
      case Flag::deleted:
        test.is_set ? c.deleted() : c.undeleted();
        break;
    }
    return c;
  }

  Found bound_of(const SizeTest& test, Bound) const {
    if (!trust_.sizes || !fits(test)) return std::nullopt;
    SearchCriteria criteria(style_);
    if (test.larger_than) criteria.larger(*test.larger_than);
    if (test.smaller_than) criteria.smaller(*test.smaller_than);
    return criteria.empty() ? everything() : criteria;
  }

  Found bound_of(const TimeTest& test, Bound side) const {
    using std::chrono::days;
    auto day_of = [](base::Instant at) { return std::chrono::floor<days>(at); };
    // Zones reach from -12 to +14 hours: the server's day of a moment is the day in UTC, one
    // before, or one after.
    SearchCriteria criteria(style_);
    if (test.field == TimeField::sent) {
      const bool is_believed = trust_.sent_dates && trust_.composites;  // both are asked for
      if (side == Bound::below || !is_believed) return std::nullopt;
      // Dates that the server cannot read must stay in: they fail both ways of asking, or count as
      // 1970. So "not surely outside" is asked.
      if (test.since) {
        SearchCriteria outside(style_);
        outside.sent_before(day_of(*test.since) - days(1));
        outside.sent_since(std::chrono::sys_days(std::chrono::year(1971) / 1 / 1));
        criteria.negate(outside);
      }
      if (test.before) {
        SearchCriteria outside(style_);
        outside.sent_since(day_of(*test.before) + days(2));
        criteria.negate(outside);
      }
    } else if (side == Bound::above) {
      if (test.since) criteria.since(day_of(*test.since) - days(1));
      if (test.before) criteria.before(day_of(*test.before) + days(2));
    } else {
      if (!test.since && !test.before) return std::nullopt;
      if (test.since) criteria.since(day_of(*test.since) + days(2));
      if (test.before) criteria.before(day_of(*test.before) - days(1));
    }
    if (criteria.empty()) return std::nullopt;
    return criteria;
  }

  // Text, attachments, importance.
  template <class Other>
  Found bound_of(const Other&, Bound) const {
    return std::nullopt;
  }

  imap::LiteralStyle style_;
  SearchTrust trust_;
};

}  // namespace

SearchTrust search_trust(const imap::Quirks& quirks) noexcept {
  const bool are_other_sizes = quirks.size_differs || quirks.expensive_size;
  return {!are_other_sizes, !quirks.sent_is_received, !quirks.flat_search};
}

LoweredQuery lower_to_imap(const Query& query, imap::LiteralStyle style, SearchTrust trust) {
  const Lowering lowering(style, trust);
  Found found = lowering.bound(query, Bound::above);
  if (!found) {
    found.emplace(style);
    found->all();
  }
  return {std::move(*found), lowering.residue_of(query)};
}

}  // namespace postroom::stores
