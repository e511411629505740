// RunLogEvents: writes a run's events into the run log.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "flow/run_events.hpp"
#include "state/run_log.hpp"

namespace postroom::flow {

class RunLogEvents final : public RunEvents {
 public:
  // `owner` is state::new_owner() of this process. All outlive it.
  RunLogEvents(state::RunLog& log, std::string owner, const base::Clock& clock)
      : log_(log), owner_(std::move(owner)), clock_(clock) {}

  void run_started(const RunStarted& event) override;
  void message_finished(const MessageFinished& event) override;
  void mailbox_changed(const MailboxChange& event) override;
  void note(const Note& event) override;
  void loop_finished(const LoopFinished& event) override;
  void run_finished(const RunFinished& event) override;

 private:
  state::RunLog& log_;
  std::string owner_;
  const base::Clock& clock_;
  std::string run_;
  LoopCounts counts_;
};

// {"examined":3,"finished":2,...}
std::string to_json(const LoopCounts& counts);

}  // namespace postroom::flow
