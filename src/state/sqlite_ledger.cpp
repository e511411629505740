#include "state/sqlite_ledger.hpp"

#include <algorithm>
#include <utility>

#include "state/instant_column.hpp"
#include "state/sqlite_ledger_statements.hpp"

namespace postroom::state {
namespace {

using base::Instant;

static_assert(static_cast<int>(EntryState::claimed) == 0 &&
                  static_cast<int>(EntryState::flushing) == 1 &&
                  static_cast<int>(EntryState::open) == 2 &&
                  static_cast<int>(EntryState::failed) == 3 &&
                  static_cast<int>(EntryState::finished) == 4 &&
                  static_cast<int>(EntryState::gone) == 7,
              "the numbers are in the database and in its SQL");

std::int64_t number_of(EntryState state) { return static_cast<std::int64_t>(state); }

enum : std::int64_t { no_steps = 0, only_repeatable = 1, progress = 2 };

std::int64_t level_of(std::span<const StepRecord> steps) {
  std::int64_t level = no_steps;
  for (const auto& step : steps)
    level = std::max<std::int64_t>(level, step.is_progress ? progress : only_repeatable);
  return level;
}

Entry read_entry(const Statement& row) {
  Entry entry;
  entry.id = row.number(0);
  entry.name = {row.text(1), row.text(2), row.text(3)};
  entry.folder = row.text(4);
  entry.state = static_cast<EntryState>(row.number(5));
  entry.attempts = static_cast<int>(row.number(6));
  entry.crashes = static_cast<int>(row.number(7));
  entry.has_progress = row.number(8) == progress;
  entry.has_steps = row.number(8) != no_steps;
  entry.reached = static_cast<int>(row.number(9));
  entry.prefix = row.text(10);
  entry.tail = row.text(11);
  entry.owner = row.text(12);
  entry.lease_until = instant_of(row.number(13));
  entry.run = row.text(14);
  entry.reason = {row.text(15), row.text(16), row.text(17)};
  entry.changed = instant_of(row.number(18));
  return entry;
}

void bind_or_null(Statement& statement, int index, std::string_view text) {
  if (text.empty()) {
    statement.bind_null(index);
  } else {
    statement.bind(index, text);
  }
}

bool is_held(EntryState state) {
  return state == EntryState::claimed || state == EntryState::flushing;
}

}  // namespace

std::string_view to_string(EntryState state) noexcept {
  switch (state) {
    case EntryState::claimed:
      return "claimed";
    case EntryState::flushing:
      return "flushing";
    case EntryState::open:
      return "open";
    case EntryState::failed:
      return "failed";
    case EntryState::finished:
      return "finished";
    case EntryState::quarantined:
      return "quarantined";
    case EntryState::uncertain:
      return "uncertain";
    case EntryState::gone:
      return "gone";
  }
  return "unknown";
}

SqliteLedger::SqliteLedger(Database& database)
    : database_(database), sql_(std::make_unique<Statements>(database)) {}

SqliteLedger::~SqliteLedger() = default;

std::int64_t SqliteLedger::find_scope(std::string_view scope) {
  if (last_scope_id_ != 0 && last_scope_ == scope) return last_scope_id_;
  sql_->find_scope.bind(1, scope);
  std::int64_t id = sql_->find_scope.step() ? sql_->find_scope.number(0) : 0;
  sql_->find_scope.reset();
  if (id == 0) return 0;
  last_scope_ = scope;  // scopes are never deleted
  last_scope_id_ = id;
  return id;
}

std::int64_t SqliteLedger::make_scope(std::string_view scope) {
  if (std::int64_t id = find_scope(scope); id != 0) return id;
  sql_->make_scope.bind(1, scope).run();
  // Not kept: this transaction may be rolled back.
  sql_->find_scope.bind(1, scope);
  sql_->find_scope.step();
  std::int64_t id = sql_->find_scope.number(0);
  sql_->find_scope.reset();
  return id;
}

std::optional<Entry> SqliteLedger::find(std::int64_t scope, const MessageName& name, Reuse reuse) {
  std::optional<Entry> found;
  if (sql_->by_key.bind(1, scope).bind(2, name.key).step()) found = read_entry(sql_->by_key);
  sql_->by_key.reset();
  // A server that gives an old UID to another message: the key is not that message's any more.
  const bool is_another = found && !found->name.message_id.empty() && !name.message_id.empty() &&
                          found->name.message_id != name.message_id;
  if (is_another) {
    if (reuse == Reuse::settle) sql_->displace.bind(1, found->id).run();
    found.reset();
  }
  if (found || name.identity.empty()) return found;
  if (sql_->by_identity.bind(1, scope).bind(2, name.identity).step())
    found = read_entry(sql_->by_identity);
  sql_->by_identity.reset();
  return found;
}

std::vector<std::optional<Entry>> SqliteLedger::standing(std::string_view scope,
                                                         std::span<const MessageName> names) {
  std::vector<std::optional<Entry>> result(names.size());
  Transaction reading(database_, Transaction::Kind::read);
  if (std::int64_t id = find_scope(scope); id != 0) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      result[i] = find(id, names[i], Reuse::leave);
      if (result[i]) result[i]->scope = scope;
    }
  }
  reading.commit();
  return result;
}

std::vector<StepRecord> SqliteLedger::read_steps(EntryId entry) {
  std::vector<StepRecord> steps;
  sql_->steps.bind(1, entry);
  while (sql_->steps.step()) {
    steps.push_back({sql_->steps.text(0),
                     sql_->steps.number(1) == 0 ? StepState::intended : StepState::done,
                     sql_->steps.text(2), sql_->steps.number(3) != 0});
  }
  return steps;
}

std::vector<StepRecord> SqliteLedger::steps_of(EntryId entry) { return read_steps(entry); }

bool SqliteLedger::is_free(const ClaimTerms& terms, const Entry& entry) const {
  if (!is_held(entry.state)) return true;
  if (entry.owner == terms.owner) return false;
  return entry.lease_until <= terms.now || (terms.is_dead && terms.is_dead(entry.owner));
}

Claim SqliteLedger::judge(const ClaimTerms& terms, Entry entry) const {
  Claim claim;
  bool is_this_run = entry.run == terms.run;
  switch (entry.state) {
    case EntryState::finished:
      claim.verdict = is_this_run             ? Verdict::seen_this_run
                      : terms.reopen_finished ? Verdict::claimed
                                              : Verdict::finished;
      break;
    case EntryState::failed:
      claim.verdict = is_this_run ? Verdict::seen_this_run : Verdict::claimed;
      break;
    case EntryState::open:
    case EntryState::gone:
      claim.verdict = Verdict::claimed;
      break;
    case EntryState::quarantined:
      claim.verdict = is_this_run ? Verdict::seen_this_run : Verdict::quarantined;
      break;
    case EntryState::uncertain:
      claim.verdict = is_this_run ? Verdict::seen_this_run : Verdict::uncertain;
      break;
    case EntryState::claimed:
    case EntryState::flushing:
      if (entry.owner == terms.owner) {
        claim.verdict = Verdict::seen_this_run;
      } else if (!is_free(terms, entry)) {
        claim.verdict = Verdict::busy;
      }
      break;
  }
  claim.entry = std::move(entry);
  return claim;
}

void SqliteLedger::make_uncertain(const ClaimTerms& terms, Claim& claim) {
  std::string path;
  for (const auto& step : claim.steps) {
    if (step.state == StepState::intended) path = step.path;
  }
  Entry& entry = claim.entry;
  entry.state = EntryState::uncertain;
  entry.reason.code = "flow.uncertain";
  entry.reason.text =
      "the program ended while step " + path + " was under way: it may or may not have happened";
  entry.run = terms.run;
  sql_->settle.bind(1, entry.id).bind(2, number_of(entry.state)).bind(3, entry.reason.code);
  sql_->settle.bind(4, entry.reason.text).bind(5, number_of(terms.now)).bind(6, terms.run).run();
  claim.verdict = Verdict::became_uncertain;
}

void SqliteLedger::take(const ClaimTerms& terms, Claim& claim, const MessageName& name) {
  Entry& entry = claim.entry;
  EntryState was = entry.state;
  if (is_held(was) && entry.has_steps) {
    claim.steps = read_steps(entry.id);
    auto is_intent = [](const StepRecord& step) { return step.state == StepState::intended; };
    if (std::ranges::any_of(claim.steps, is_intent)) return make_uncertain(terms, claim);
  }
  if (was == EntryState::claimed) ++entry.crashes;
  if (was == EntryState::finished) {
    if (entry.has_steps) sql_->delete_steps.bind(1, entry.id).run();
    sql_->wipe.bind(1, entry.id).run();
    entry.attempts = entry.crashes = 0;
    entry.has_progress = entry.has_steps = false;
    entry.reached = -1;
    entry.prefix.clear();
    entry.tail.clear();
  }
  std::int64_t back_to = number_of(is_held(was) ? EntryState::open : was);
  sql_->take.bind(1, entry.id)
      .bind(2, back_to)
      .bind(3, terms.owner)
      .bind(4, number_of(terms.lease_until));
  sql_->take.bind(5, terms.run)
      .bind(6, std::int64_t{entry.crashes})
      .bind(7, std::int64_t{entry.attempts});
  sql_->take.bind(8, terms.folder).bind(9, number_of(terms.now)).run();
  if (entry.name.key != name.key) {  // moved here, or renumbered
    sql_->rename.bind(1, entry.id).bind(2, name.key);
    bind_or_null(sql_->rename, 3, name.identity);
    bind_or_null(sql_->rename, 4, name.message_id);
    sql_->rename.run();
    entry.name = name;
  }
  entry.state = EntryState::claimed;
  entry.was_flushing = !entry.tail.empty();
  entry.folder = terms.folder;
  entry.owner = terms.owner;
  entry.run = terms.run;
  entry.lease_until = terms.lease_until;
  if (entry.has_steps && claim.steps.empty()) claim.steps = read_steps(entry.id);
}

Claim SqliteLedger::insert(const ClaimTerms& terms, std::int64_t scope, const MessageName& name) {
  Statement& insert = sql_->insert;
  insert.bind(1, scope).bind(2, name.key);
  bind_or_null(insert, 3, name.identity);
  bind_or_null(insert, 4, name.message_id);
  insert.bind(5, terms.folder)
      .bind(6, terms.owner)
      .bind(7, number_of(terms.lease_until))
      .bind(8, terms.run);
  insert.bind(9, number_of(terms.now)).run();
  Claim claim;
  claim.is_new = true;
  claim.entry.id = database_.last_id();
  claim.entry.name = name;
  claim.entry.folder = terms.folder;
  claim.entry.owner = terms.owner;
  claim.entry.run = terms.run;
  claim.entry.lease_until = terms.lease_until;
  return claim;
}

std::vector<Claim> SqliteLedger::claim(const ClaimTerms& terms,
                                       std::span<const MessageName> names) {
  std::vector<Claim> claims;
  claims.reserve(names.size());
  Transaction writing(database_);
  std::int64_t scope = make_scope(terms.scope);
  std::size_t taken = 0;
  for (const auto& name : names) {
    auto found = find(scope, name, Reuse::settle);
    if (!found) {
      if (taken == terms.most) break;
      claims.push_back(insert(terms, scope, name));
      ++taken;
      continue;
    }
    Claim claim = judge(terms, std::move(*found));
    bool is_risky = claim.entry.state == EntryState::claimed || claim.entry.crashes > 0;
    if (claim.verdict == Verdict::claimed) {
      if (taken == terms.most || (is_risky && taken > 0)) break;
      take(terms, claim, name);
      if (claim.verdict == Verdict::claimed) ++taken;
    }
    bool ends_here = is_risky && claim.verdict == Verdict::claimed;
    claims.push_back(std::move(claim));
    if (ends_here) break;
  }
  writing.commit();
  return claims;
}

std::vector<Entry> SqliteLedger::unfinished(const ClaimTerms& terms) {
  std::vector<Entry> entries;
  std::int64_t scope = find_scope(terms.scope);
  if (scope == 0) return entries;
  sql_->unfinished.bind(1, scope);
  while (sql_->unfinished.step()) {
    Entry entry = read_entry(sql_->unfinished);
    if (!is_free(terms, entry)) continue;
    entry.scope = terms.scope;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<Claim> SqliteLedger::sweep_uncertain(const ClaimTerms& terms) {
  std::vector<Claim> claims;
  Transaction writing(database_);
  for (auto& entry : unfinished(terms)) {
    if (!is_held(entry.state)) continue;
    sql_->has_intent.bind(1, entry.id);
    bool has_intent = sql_->has_intent.step();
    sql_->has_intent.reset();
    if (!has_intent) continue;
    Claim claim;
    claim.steps = read_steps(entry.id);
    claim.entry = std::move(entry);
    make_uncertain(terms, claim);
    claims.push_back(std::move(claim));
  }
  writing.commit();
  return claims;
}

std::vector<Entry> SqliteLedger::half_done(const ClaimTerms& terms) {
  Transaction reading(database_, Transaction::Kind::read);
  auto entries = unfinished(terms);
  reading.commit();
  std::erase_if(entries, [&](const Entry& entry) {
    bool is_begun = entry.has_progress || !entry.tail.empty();
    bool is_over = entry.state == EntryState::failed && entry.run == terms.run;
    return !is_begun || is_over || entry.folder != terms.folder;
  });
  return entries;
}

std::vector<bool> SqliteLedger::settle(const ClaimTerms& terms, std::span<const Ending> endings) {
  std::vector<bool> changed(endings.size());
  Transaction writing(database_);
  for (std::size_t i = 0; i < endings.size(); ++i) {
    const Ending& ending = endings[i];
    auto now = entry(ending.entry);
    bool is_open = now && (is_held(now->state) || now->state == EntryState::open ||
                           now->state == EntryState::failed);
    if (!is_open || !is_free(terms, *now)) continue;
    sql_->settle.bind(1, ending.entry).bind(2, number_of(ending.state));
    bind_or_null(sql_->settle, 3, ending.reason.code);
    bind_or_null(sql_->settle, 4, ending.reason.text);
    sql_->settle.bind(5, number_of(terms.now)).bind(6, terms.run).run();
    if (ending.state == EntryState::finished) sql_->delete_steps.bind(1, ending.entry).run();
    changed[i] = true;
  }
  writing.commit();
  return changed;
}

bool SqliteLedger::touch(Hold hold, Progress at, bool is_progress, Instant lease_until) {
  sql_->touch.bind(1, hold.entry)
      .bind(2, hold.owner)
      .bind(3, std::int64_t{is_progress ? progress : only_repeatable});
  sql_->touch.bind(4, number_of(lease_until))
      .bind(5, std::int64_t{at.reached})
      .bind(6, at.prefix)
      .run();
  return database_.changes() == 1;
}

void SqliteLedger::write_steps(EntryId entry, std::span<const StepRecord> steps) {
  for (const auto& step : steps) {
    sql_->write_step.bind(1, entry)
        .bind(2, step.path)
        .bind(3, std::int64_t{step.state == StepState::done});
    sql_->write_step.bind(4, std::int64_t{step.is_progress}).bind(5, step.value).run();
  }
}

bool SqliteLedger::intend(Hold hold, const StepRecord& intent,
                          std::span<const StepRecord> held_back, Progress at, Instant lease_until) {
  Transaction writing(database_, Transaction::Kind::write, Durability::full);
  if (!touch(hold, at, true, lease_until)) return false;
  write_steps(hold.entry, held_back);
  write_steps(hold.entry, {&intent, 1});
  writing.commit();
  return true;
}

void SqliteLedger::drop_intent(EntryId entry, std::string_view path) {
  Transaction writing(database_);
  sql_->drop_intent.bind(1, entry).bind(2, path).run();
  writing.commit();
}

bool SqliteLedger::record(Hold hold, const StepRecord& done, std::span<const StepRecord> held_back,
                          Progress at, Instant lease_until) {
  Transaction writing(database_);
  bool is_held = touch(hold, at, done.is_progress, lease_until);
  if (is_held) {
    write_steps(hold.entry, held_back);
    write_steps(hold.entry, {&done, 1});
  } else {
    sql_->late_record.bind(1, hold.entry).bind(2, done.path).bind(3, done.value).run();
  }
  writing.commit();
  return is_held;
}

std::vector<EntryId> SqliteLedger::intend_tail(std::string_view owner,
                                               std::span<const TailIntent> intents,
                                               Instant lease_until) {
  std::vector<EntryId> lost;
  Transaction writing(database_);
  for (const auto& intent : intents) {
    if (!touch({intent.entry, owner}, intent.progress, true, lease_until)) {
      lost.push_back(intent.entry);
      continue;
    }
    write_steps(intent.entry, intent.steps);
    sql_->flushing.bind(1, intent.entry).bind(2, owner).bind(3, intent.tail).run();
  }
  writing.commit();
  return lost;
}

std::vector<EntryId> SqliteLedger::end(std::string_view owner, std::span<const Ending> endings,
                                       Instant now) {
  std::vector<EntryId> lost;
  Transaction writing(database_);
  for (const auto& ending : endings) {
    if (ending.state == EntryState::finished) {
      Statement& finish = sql_->finish;
      bool is_held = finish.bind(1, ending.entry).bind(2, owner).bind(3, number_of(now)).step();
      bool has_steps = is_held && finish.number(0) != no_steps;
      finish.reset();
      if (!is_held) lost.push_back(ending.entry);
      if (has_steps) sql_->delete_steps.bind(1, ending.entry).run();
      continue;
    }
    if (!ending.steps.empty()) {
      bool is_progress = level_of(ending.steps) == progress;
      if (!touch({ending.entry, owner}, ending.progress, is_progress, now)) {
        lost.push_back(ending.entry);
        continue;
      }
      write_steps(ending.entry, ending.steps);
    }
    Statement& end = sql_->end;
    end.bind(1, ending.entry).bind(2, owner).bind(3, number_of(ending.state));
    end.bind(4, std::int64_t{ending.attempts});
    bind_or_null(end, 5, ending.reason.code);
    bind_or_null(end, 6, ending.reason.text);
    bind_or_null(end, 7, ending.reason.about);
    end.bind(8, number_of(now)).bind(9, std::int64_t{ending.keep_tail}).run();
    if (database_.changes() != 1) lost.push_back(ending.entry);
  }
  writing.commit();
  return lost;
}

void SqliteLedger::release(std::string_view owner, std::span<const EntryId> entries, Instant now) {
  Transaction writing(database_);
  for (EntryId id : entries) {
    sql_->release_known.bind(1, id).bind(2, owner).bind(3, number_of(now)).run();
    sql_->release_new.bind(1, id).bind(2, owner).run();
  }
  writing.commit();
}

std::vector<EntryId> SqliteLedger::renew(std::string_view owner, std::span<const EntryId> entries,
                                         Instant lease_until) {
  std::vector<EntryId> lost;
  Transaction writing(database_);
  for (EntryId id : entries) {
    sql_->renew.bind(1, id).bind(2, owner).bind(3, number_of(lease_until)).run();
    if (database_.changes() != 1) lost.push_back(id);
  }
  writing.commit();
  return lost;
}

std::optional<Entry> SqliteLedger::entry(EntryId id) {
  std::optional<Entry> found;
  if (sql_->by_id.bind(1, id).step()) {
    found = read_entry(sql_->by_id);
    found->scope = sql_->by_id.text(19);
  }
  sql_->by_id.reset();
  return found;
}

std::vector<Entry> SqliteLedger::list(const Filter& filter) {
  std::string sql = "SELECT " POSTROOM_ENTRY_COLUMNS
                    ", s.name FROM entries e JOIN scopes s ON s.id = e.scope WHERE true";
  bool is_prefix = filter.scope.ends_with('*');
  std::string_view scope =
      std::string_view(filter.scope).substr(0, filter.scope.size() - (is_prefix ? 1 : 0));
  if (!filter.scope.empty())
    sql += is_prefix ? " AND substr(s.name, 1, length(?1)) = ?1" : " AND s.name = ?1";
  if (!filter.message.empty())
    sql += " AND (e.message = ?2 OR e.message_id = ?2 OR e.identity = ?2)";
  if (!filter.states.empty()) {
    sql += " AND e.state IN (";
    for (EntryState state : filter.states) sql += std::to_string(number_of(state)) + ",";
    sql.back() = ')';
  }
  sql += " ORDER BY e.changed DESC, e.id DESC LIMIT ?3";
  Statement rows = database_.prepare(sql);
  if (!filter.scope.empty()) rows.bind(1, scope);
  if (!filter.message.empty()) rows.bind(2, filter.message);
  rows.bind(3, static_cast<std::int64_t>(filter.limit));
  std::vector<Entry> entries;
  while (rows.step()) {
    entries.push_back(read_entry(rows));
    entries.back().scope = rows.text(19);
  }
  return entries;
}

bool SqliteLedger::retry(EntryId id, Intended intended, Instant now) {
  Transaction writing(database_);
  sql_->retry.bind(1, id).bind(2, number_of(now)).run();
  bool is_changed = database_.changes() == 1;
  if (is_changed)
    (intended == Intended::done ? sql_->settle_intents : sql_->drop_intents).bind(1, id).run();
  writing.commit();
  return is_changed;
}

bool SqliteLedger::drop(EntryId id, Instant now) {
  Transaction writing(database_);
  sql_->drop.bind(1, id).bind(2, number_of(now)).run();
  bool is_changed = database_.changes() == 1;
  if (is_changed) sql_->delete_steps.bind(1, id).run();
  writing.commit();
  return is_changed;
}

}  // namespace postroom::state
