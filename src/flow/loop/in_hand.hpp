// InHand: one claimed message on its way through the engine. Internal to flow/loop.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "flow/loop/tail.hpp"
#include "flow/run_events.hpp"
#include "state/ledger.hpp"

namespace postroom::flow {

struct QueuedStep {
  std::string path;
  TailStep step;
  bool is_done = false;  // its outcome is in, and good
};

struct InHand {
  state::EntryId entry = 0;
  state::MessageName name;
  std::string subject, from;
  int attempts = 0;  // failed ones so far
  bool is_resumed = false;
  std::vector<state::StepRecord> done;       // by earlier tries
  std::vector<state::StepRecord> held_back;  // done now, not yet on disk
  state::Progress progress;                  // its text belongs to the engine's StepPrefixes
  std::vector<QueuedStep> tail;
  std::vector<QueuedStep> earlier_tail;  // of the try whose process died while flushing
  MessageOutcome outcome = MessageOutcome::finished;
  std::optional<base::Error> error;
  std::optional<std::string> intent;  // path of the irrevocable step that is under way
  std::string note;
  bool is_lost = false;        // another process has it now
  bool is_given_back = false;  // ends as `open`: cancelled, or the session failed
  bool keeps_tail = false;     // nobody knows how far its tail got

  MessageFacts facts(std::string_view loop, std::string_view folder) const {
    return {loop, folder, name.key, name.message_id, subject, from};
  }
};

// The queued steps as the ledger keeps them. read_tail gives those it understands.
std::string tail_text(const std::vector<QueuedStep>& tail);
std::vector<QueuedStep> read_tail(std::string_view text);

// Hashes over the beginnings of a loop's steps: at(k) stands for steps 0 to k as they are now.
class StepPrefixes {
 public:
  explicit StepPrefixes(const std::vector<std::string>& step_hashes);
  // "" beyond the last step: a flow that got shorter.
  std::string_view at(int step) const noexcept;
  // The prefix that a record at `path` belongs to: "3.do.1" is step 3. Steps of the engine's own
  // have none.
  state::Progress of(std::string_view path) const noexcept;

 private:
  std::vector<std::string> prefixes_;
};

}  // namespace postroom::flow
