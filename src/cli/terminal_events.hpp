// Run events for people: a progress line on a terminal (count, rate, time left), a line for what
// they should know, and with `each_message` a line a message.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "flow/run_events.hpp"

namespace postroom::cli {

class TerminalEvents final : public flow::RunEvents {
 public:
  struct Options {
    bool is_terminal = false;   // of stderr: draw the progress line
    bool each_message = false;  // --verbose
    bool quiet = false;         // only errors
  };
  TerminalEvents(Options options, const base::Clock& clock) : options_(options), clock_(clock) {}
  ~TerminalEvents() override { erase_line(); }

  void loop_started(const flow::LoopStarted& event) override;
  void message_started(const flow::MessageFacts& message) override;
  void step_done(const flow::MessageFacts& message, const flow::StepDone& event) override;
  void message_finished(const flow::MessageFinished& event) override;
  void note(const flow::Note& event) override;
  void loop_finished(const flow::LoopFinished& event) override;

 private:
  void say(std::string_view line);
  void say_outcome(const flow::MessageFinished& event);
  void draw_line();
  void erase_line();

  Options options_;
  const base::Clock& clock_;
  std::string folder_;
  std::optional<std::uint64_t> total_;
  std::uint64_t seen_ = 0;
  base::Instant started_{};
  base::Instant drawn_{};
  bool line_is_drawn_ = false;
};

}  // namespace postroom::cli
