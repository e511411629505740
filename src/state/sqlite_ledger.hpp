// SqliteLedger: the Ledger in state.db.
#pragma once

#include <memory>
#include <string>

#include "state/database.hpp"
#include "state/ledger.hpp"

namespace postroom::state {

class SqliteLedger final : public Ledger {
 public:
  // `database` has the state schema (schema.hpp) and outlives this.
  explicit SqliteLedger(Database& database);
  ~SqliteLedger() override;

  std::vector<std::optional<Entry>> standing(std::string_view scope,
                                             std::span<const MessageName> names) override;
  std::vector<StepRecord> steps_of(EntryId entry) override;
  std::vector<Claim> claim(const ClaimTerms& terms, std::span<const MessageName> names) override;
  std::vector<Claim> sweep_uncertain(const ClaimTerms& terms) override;
  std::vector<Entry> half_done(const ClaimTerms& terms) override;
  std::vector<bool> settle(const ClaimTerms& terms, std::span<const Ending> endings) override;
  bool intend(Hold hold, const StepRecord& intent, std::span<const StepRecord> held_back,
              Progress progress, base::Instant lease_until) override;
  void drop_intent(EntryId entry, std::string_view path) override;
  bool record(Hold hold, const StepRecord& done, std::span<const StepRecord> held_back,
              Progress progress, base::Instant lease_until) override;
  std::vector<EntryId> intend_tail(std::string_view owner, std::span<const TailIntent> intents,
                                   base::Instant lease_until) override;
  std::vector<EntryId> end(std::string_view owner, std::span<const Ending> endings,
                           base::Instant now) override;
  void release(std::string_view owner, std::span<const EntryId> entries,
               base::Instant now) override;
  std::vector<EntryId> renew(std::string_view owner, std::span<const EntryId> entries,
                             base::Instant lease_until) override;
  std::vector<Entry> list(const Filter& filter) override;
  std::optional<Entry> entry(EntryId id) override;
  bool retry(EntryId id, Intended intended, base::Instant now) override;
  bool drop(EntryId id, base::Instant now) override;

 private:
  struct Statements;
  // Within a transaction:
  // What to do with a key that the server has given to another message.
  enum class Reuse { leave, settle };
  std::optional<Entry> find(std::int64_t scope, const MessageName& name, Reuse reuse);
  Claim judge(const ClaimTerms& terms, Entry entry) const;  // decides, writes nothing
  void take(const ClaimTerms& terms, Claim& claim, const MessageName& name);
  Claim insert(const ClaimTerms& terms, std::int64_t scope, const MessageName& name);
  void make_uncertain(const ClaimTerms& terms, Claim& claim);
  std::vector<Entry> unfinished(const ClaimTerms& terms);
  bool is_free(const ClaimTerms& terms, const Entry& entry) const;
  bool touch(Hold hold, Progress progress, bool is_progress, base::Instant lease_until);
  void write_steps(EntryId entry, std::span<const StepRecord> steps);
  std::vector<StepRecord> read_steps(EntryId entry);
  std::int64_t find_scope(std::string_view scope);  // 0: never seen
  std::int64_t make_scope(std::string_view scope);

  Database& database_;
  std::unique_ptr<Statements> sql_;
  std::string last_scope_;
  std::int64_t last_scope_id_ = 0;
};

}  // namespace postroom::state
