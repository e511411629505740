#include "flow/run_events.hpp"

namespace postroom::flow {

std::string_view to_string(MessageOutcome outcome) noexcept {
  switch (outcome) {
    case MessageOutcome::finished:
      return "finished";
    case MessageOutcome::skipped:
      return "skipped";
    case MessageOutcome::failed:
      return "failed";
    case MessageOutcome::quarantined:
      return "quarantined";
    case MessageOutcome::uncertain:
      return "uncertain";
    case MessageOutcome::already_done:
      return "already_done";
    case MessageOutcome::busy_elsewhere:
      return "busy_elsewhere";
    case MessageOutcome::gone:
      return "gone";
  }
  return "unknown";
}

LoopCounts& LoopCounts::operator+=(const LoopCounts& other) noexcept {
  examined += other.examined;
  finished += other.finished;
  skipped += other.skipped;
  failed += other.failed;
  quarantined += other.quarantined;
  uncertain += other.uncertain;
  gone += other.gone;
  already_done += other.already_done;
  busy_elsewhere += other.busy_elsewhere;
  duplicates += other.duplicates;
  still_quarantined += other.still_quarantined;
  still_uncertain += other.still_uncertain;
  released += other.released;
  return *this;
}

}  // namespace postroom::flow
