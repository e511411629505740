// MessageJournal: the StepJournal of one message, on the ledger or, in plan mode, on nothing.
// Internal to flow/loop.
#pragma once

#include "base/clock.hpp"
#include "flow/loop/in_hand.hpp"
#include "flow/loop/loop_body.hpp"
#include "flow/loop/loop_spec.hpp"
#include "state/ledger.hpp"

namespace postroom::flow {

// Flushes what earlier messages queued.
class TailFlusher {
 public:
  virtual ~TailFlusher() = default;
  virtual Task<void> flush() = 0;
};

struct JournalParts {
  const LoopSpec& spec;
  const LoopLimits& limits;
  const StepPrefixes& prefixes;
  state::Ledger& ledger;
  RunEvents& events;
  const base::Clock& clock;
  std::string_view owner;
  std::string_view folder;
  TailFlusher& flusher;
};

class MessageJournal final : public StepJournal {
 public:
  MessageJournal(const JournalParts& parts, InHand& message) : parts_(parts), message_(message) {}

  Task<StepResult> once(std::string path, StepKind kind, Effect& effect) override;
  void queue(std::string path, TailStep step) override;
  Task<void> flush_tail() override;
  std::string idempotency_key(std::string_view path) const override;
  bool is_resumed() const noexcept override { return message_.is_resumed; }
  bool is_plan() const noexcept override { return parts_.spec.mode == Mode::plan; }

 private:
  Task<StepResult> act_once(std::string path, Effect& effect);  // irrevocable
  const state::StepRecord* find_done(std::string_view path) const noexcept;
  void intend(const std::string& path, const Effect& effect);
  void record(const std::string& path, const StepResult& result);
  void tell(std::string_view path, const Effect& effect, const StepResult& result);
  base::Instant lease_end() const { return parts_.clock.now() + parts_.limits.lease; }

  const JournalParts& parts_;
  InHand& message_;
};

}  // namespace postroom::flow
