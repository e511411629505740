// A plan as a table: each message, and under it what each step would do. To stdout: it is the data
// that was asked for.
#pragma once

#include <string>

#include "flow/run_events.hpp"

namespace postroom::cli {

class PlanEvents final : public flow::RunEvents {
 public:
  void loop_started(const flow::LoopStarted& event) override;
  void message_started(const flow::MessageFacts& message) override;
  void step_done(const flow::MessageFacts& message, const flow::StepDone& event) override;
  void message_finished(const flow::MessageFinished& event) override;
  void note(const flow::Note& event) override;
};

}  // namespace postroom::cli
