// Run events as JSON lines on stdout, for --json. One object a line; docs/reference/json-events.md
// lists them.
#pragma once

#include "flow/run_events.hpp"

namespace postroom::cli {

class JsonEvents final : public flow::RunEvents {
 public:
  void run_started(const flow::RunStarted& event) override;
  void loop_started(const flow::LoopStarted& event) override;
  void step_done(const flow::MessageFacts& message, const flow::StepDone& event) override;
  void message_finished(const flow::MessageFinished& event) override;
  void mailbox_changed(const flow::MailboxChange& event) override;
  void note(const flow::Note& event) override;
  void loop_finished(const flow::LoopFinished& event) override;
  void run_finished(const flow::RunFinished& event) override;
};

}  // namespace postroom::cli
