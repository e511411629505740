// A world for one case: mailbox, ledger, effects, and a crash that can be set to any write.
#pragma once

#include <memory>
#include <string>
#include <type_traits>

#include "base/clock.hpp"
#include "flow/loop/loop_engine.hpp"
#include "state/sqlite_ledger.hpp"
#include "stores/memory_store.hpp"
#include "tests/model/program.hpp"

namespace postroom::model {

struct Crash {};  // no std::exception: nothing may catch it but the test

// Counts the moments around writes; the process dies at the chosen one, and nothing works
// afterwards.
struct Fate {
  int at = 0;  // 0: never
  int moments = 0;
  bool is_dead = false;
  std::function<void()> turn;  // lets another process go on

  void pass();  // a moment at which the process may die
  void check() const {
    if (is_dead) throw Crash{};
  }
};

class CrashingLedger final : public state::Ledger {
 public:
  CrashingLedger(state::Ledger& inner, Fate& fate) : inner_(inner), fate_(fate) {}

  using EntryId = state::EntryId;
  std::vector<std::optional<state::Entry>> standing(
      std::string_view scope, std::span<const state::MessageName> names) override {
    fate_.check();
    return inner_.standing(scope, names);
  }
  std::vector<state::StepRecord> steps_of(EntryId entry) override {
    return fate_.check(), inner_.steps_of(entry);
  }
  std::vector<state::Claim> claim(const state::ClaimTerms& t,
                                  std::span<const state::MessageName> n) override {
    return around([&] { return inner_.claim(t, n); });
  }
  std::vector<state::Claim> sweep_uncertain(const state::ClaimTerms& t) override {
    return around([&] { return inner_.sweep_uncertain(t); });
  }
  std::vector<state::Entry> half_done(const state::ClaimTerms& t) override {
    return fate_.check(), inner_.half_done(t);
  }
  std::vector<bool> settle(const state::ClaimTerms& t, std::span<const state::Ending> e) override {
    return around([&] { return inner_.settle(t, e); });
  }
  bool intend(state::Hold h, const state::StepRecord& i, std::span<const state::StepRecord> b,
              state::Progress p, base::Instant l) override {
    return around([&] { return inner_.intend(h, i, b, p, l); });
  }
  void drop_intent(EntryId e, std::string_view path) override {
    around([&] { return inner_.drop_intent(e, path), true; });
  }
  bool record(state::Hold h, const state::StepRecord& d, std::span<const state::StepRecord> b,
              state::Progress p, base::Instant l) override {
    return around([&] { return inner_.record(h, d, b, p, l); });
  }
  std::vector<EntryId> intend_tail(std::string_view o, std::span<const state::TailIntent> i,
                                   base::Instant l) override {
    return around([&] { return inner_.intend_tail(o, i, l); });
  }
  std::vector<EntryId> end(std::string_view o, std::span<const state::Ending> e,
                           base::Instant now) override {
    return around([&] { return inner_.end(o, e, now); });
  }
  void release(std::string_view o, std::span<const EntryId> e, base::Instant now) override {
    around([&] { return inner_.release(o, e, now), true; });
  }
  std::vector<EntryId> renew(std::string_view o, std::span<const EntryId> e,
                             base::Instant l) override {
    return around([&] { return inner_.renew(o, e, l); });
  }
  std::vector<state::Entry> list(const Filter& f) override { return inner_.list(f); }
  std::optional<state::Entry> entry(EntryId id) override { return inner_.entry(id); }
  bool retry(EntryId id, Intended i, base::Instant now) override {
    return inner_.retry(id, i, now);
  }
  bool drop(EntryId id, base::Instant now) override { return inner_.drop(id, now); }

 private:
  template <class Call>
  std::invoke_result_t<Call> around(Call call) {
    fate_.pass();
    auto result = call();
    fate_.pass();
    return result;
  }
  state::Ledger& inner_;
  Fate& fate_;
};

class World {
 public:
  World(const Program& program, state::Ledger& ledger, std::string scope);

  void add(int number, bool has_id = true);
  // One run of the loop over the Inbox, as a process of its own. False: it died.
  bool run_once(Fate& fate);
  // Runs until nothing is left to do.
  void run_to_the_end();
  // "" or the broken promise. `may_be_uncertain`: a process died, or was cut off.
  std::string broken_promise(bool may_be_uncertain);

  stores::MemoryMailbox mailbox;
  Effects effects;
  base::ManualClock clock;
  bool allows_double_move = false;  // moves are copy, then remove, and the process died in between

 private:
  struct Kind {
    int number = 0;
    bool has_id = true;
    int copies = 0;
  };
  std::string check(const Kind& kind, bool may_be_uncertain);
  int count_in(std::string_view folder, int number);

  const Program& program_;
  state::Ledger& ledger_;
  std::string scope_;
  std::vector<Kind> kinds_;
  int runs_ = 0;
  Fate* wired_ = nullptr;
};

// One database for all cases: each has a scope of its own.
state::Database& shared_database();

}  // namespace postroom::model
