// Ledger: the durable memory of what was done to which message. Keys, identities and step values
// are opaque here.
//
// Owns: claims, step records, endings. Does not know: mailboxes, flows, clocks (the caller says
// what time it is). Abstract so that tests can break it at every write. Every function throws
// Error{storage, "state.*"} and has then changed nothing. docs/design/loop.md has the table of
// states.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace postroom::state {

using EntryId = std::int64_t;

enum class EntryState {
  claimed,   // somebody works on it until the lease ends
  flushing,  // the same, its body is done and its tail may be under way
  open,      // begun and given back
  failed,    // `attempts` spent; the next run tries again
  finished,
  quarantined,
  uncertain,
  gone,  // half-done, and no longer in its folder
};
std::string_view to_string(EntryState state) noexcept;

// A message as the caller found it. Same message: same key, or same identity where there is one.
struct MessageName {
  std::string key;
  std::string
      identity;  // fingerprint that includes the Message-ID; empty when there is no Message-ID
  std::string message_id;  // for finding it again; may be empty
};

enum class StepState { intended, done };

struct StepRecord {
  std::string path;
  StepState state = StepState::done;
  std::string value;        // done: what it gave; intended: what helps to find out
  bool is_progress = true;  // false: harmless to repeat
};

struct Reason {
  std::string code;   // "flow.changed", or the error's own
  std::string text;   // one sentence; hint included
  std::string about;  // the message, for people: its subject
};

struct Entry {
  EntryId id = 0;
  std::string scope, folder;
  MessageName name;
  EntryState state = EntryState::claimed;
  int attempts = 0;
  int crashes = 0;            // processes that died while they held it
  bool has_progress = false;  // some step is done that must not be repeated
  bool has_steps = false;     // some step is recorded
  bool was_flushing =
      false;           // claimed from a holder that died while its tail was under way, see `tail`
  int reached = -1;    // highest top-level step with a record
  std::string prefix;  // hash of the steps up to `reached`, as they were
  std::string tail;    // flushing and after: the queued steps (the engine's own text)
  std::string owner;
  base::Instant lease_until{};
  std::string run;  // that last ended or claimed it
  Reason reason;
  base::Instant changed{};
};

enum class Verdict {
  claimed,        // yours until the lease ends
  finished,       // done on an earlier run
  seen_this_run,  // ended or claimed by this very run: the same mail twice
  busy,           // somebody else's
  quarantined,
  uncertain,
  became_uncertain,  // just now: its holder died between intent and record
};

struct Claim {
  Verdict verdict = Verdict::claimed;
  Entry entry;  // complete for claimed and became_uncertain, else id, state, attempts, reason
  bool is_new = false;
  std::vector<StepRecord> steps;  // for claimed with has_progress, for became_uncertain
};

struct ClaimTerms {
  std::string_view scope, folder, owner, run;
  base::Instant now, lease_until;
  bool reopen_finished = false;  // those finished by another run
  std::size_t most = 100;        // claims; the result ends there and is then shorter than the names
  std::function<bool(std::string_view)> is_dead;  // may be empty
};

// Who writes to an entry: ignored (returned as lost) when it is no longer the owner's.
struct Hold {
  EntryId entry = 0;
  std::string_view owner;
};

// Position of what is recorded, for telling later whether the flow changed.
struct Progress {
  int reached = -1;
  std::string_view prefix;
};

struct TailIntent {
  EntryId entry = 0;
  std::string tail;
  std::vector<StepRecord> steps;  // records held back so far
  Progress progress;
};

struct Ending {
  EntryId entry = 0;
  EntryState state = EntryState::finished;  // finished, failed, quarantined, uncertain, gone, open
  int attempts = 0;
  Reason reason;
  std::vector<StepRecord> steps;  // to keep for the next try; not for finished
  Progress progress;
  bool keep_tail = false;  // open: the tail may have been carried out in part
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  // Reads only: how these messages stand, in their order; nothing for unknown ones. For plan and
  // explain.
  virtual std::vector<std::optional<Entry>> standing(std::string_view scope,
                                                     std::span<const MessageName> names) = 0;
  virtual std::vector<StepRecord> steps_of(EntryId entry) = 0;

  // Compare-and-swap, one transaction, in order. May end early: `most`, or after a message that a
  // process died under (those are taken one by one).
  virtual std::vector<Claim> claim(const ClaimTerms& terms, std::span<const MessageName> names) = 0;

  // Entries of dead holders with an intent and no record become uncertain, wherever their message
  // is now.
  virtual std::vector<Claim> sweep_uncertain(const ClaimTerms& terms) = 0;

  // Half-done entries of this folder that nobody holds: to be looked for before the listing.
  virtual std::vector<Entry> half_done(const ClaimTerms& terms) = 0;

  // Those not found: ended as given, unless somebody claimed them meanwhile. True for those
  // changed.
  virtual std::vector<bool> settle(const ClaimTerms& terms, std::span<const Ending> endings) = 0;

  // Survives a power cut before it returns. False: no longer the owner's, nothing written.
  virtual bool intend(Hold hold, const StepRecord& intent, std::span<const StepRecord> held_back,
                      Progress progress, base::Instant lease_until) = 0;
  // The effect certainly did not happen.
  virtual void drop_intent(EntryId entry, std::string_view path) = 0;
  // Records a done step. An intent's own record is taken even from somebody who lost the entry.
  // False: lost.
  virtual bool record(Hold hold, const StepRecord& done, std::span<const StepRecord> held_back,
                      Progress progress, base::Instant lease_until) = 0;

  // All in one transaction; those lost are returned, and must not be flushed.
  virtual std::vector<EntryId> intend_tail(std::string_view owner,
                                           std::span<const TailIntent> intents,
                                           base::Instant lease_until) = 0;
  // The same; those lost stay as their new owner has them.
  virtual std::vector<EntryId> end(std::string_view owner, std::span<const Ending> endings,
                                   base::Instant now) = 0;
  // Given back untouched: as they were before the claim.
  virtual void release(std::string_view owner, std::span<const EntryId> entries,
                       base::Instant now) = 0;
  virtual std::vector<EntryId> renew(std::string_view owner, std::span<const EntryId> entries,
                                     base::Instant lease_until) = 0;

  // For people: quarantine list|show|retry|drop, explain. `scope` empty: all; states empty: all.
  struct Filter {
    std::string scope;  // exact, or a prefix when it ends in '*'
    std::vector<EntryState> states;
    std::string message;  // key, Message-ID or identity, exactly
    std::size_t limit = 1000;
  };
  virtual std::vector<Entry> list(const Filter& filter) = 0;
  virtual std::optional<Entry> entry(EntryId id) = 0;
  // Failed, quarantined and uncertain messages are tried again from where they were, with a fresh
  // budget. An intended step is then taken as not done, or, with `was_done`, as done. False: not in
  // such a state.
  enum class Intended { not_done, done };
  virtual bool retry(EntryId id, Intended intended, base::Instant now) = 0;
  // Taken as finished.
  virtual bool drop(EntryId id, base::Instant now) = 0;
};

}  // namespace postroom::state
