#include "cli/plan_events.hpp"

#include <fmt/format.h>

#include "cli/output.hpp"

namespace postroom::cli {

void PlanEvents::loop_started(const flow::LoopStarted& event) {
  print_out(fmt::format("{}", base::printable(event.folder, 200)));
}

void PlanEvents::message_started(const flow::MessageFacts& message) {
  print_out("  " + title_of(message.subject, message.from));
}

void PlanEvents::step_done(const flow::MessageFacts& message, const flow::StepDone& event) {
  std::string indent = message.key.empty() ? "" : "    ";
  std::string what =
      event.note.empty() ? std::string(event.action) : base::printable(event.note, 10'000);
  if (event.was_done_before) what = fmt::format("{}: done by an earlier run", event.action);
  print_out(fmt::format("{}{}", indent, what));
}

void PlanEvents::message_finished(const flow::MessageFinished& event) {
  using flow::MessageOutcome;
  if (event.outcome == MessageOutcome::finished) return;
  if (event.outcome == MessageOutcome::already_done ||
      event.outcome == MessageOutcome::busy_elsewhere) {
    std::string subject =
        event.message.subject.empty() ? "(no subject)" : column(event.message.subject, 70);
    std::string_view why = event.outcome == MessageOutcome::already_done
                               ? "done by an earlier run"
                               : "being done by another run";
    print_out(fmt::format("  {}: {}", subject, why));
    return;
  }
  std::string line = fmt::format("    {}", flow::to_string(event.outcome));
  if (!event.note.empty()) line += fmt::format(": {}", base::printable(event.note));
  print_out(line);
  if (!event.error) return;
  for (const std::string& text : error_lines(*event.error)) print_out("      " + text);
}

void PlanEvents::note(const flow::Note& event) {
  print_out(fmt::format("    note: {}", base::printable(event.text, 10'000)));
}

}  // namespace postroom::cli
