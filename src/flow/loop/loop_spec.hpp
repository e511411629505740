// LoopSpec: one for_each_mail, ready to run. LoopReport: what came of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "flow/run_events.hpp"
#include "mailbox/query.hpp"
#include "mailbox/want.hpp"

namespace postroom::flow {

enum class OnError {
  quarantine,  // `attempts` tries over as many runs, then set aside
  stop,        // ends the run
  go_on,       // "continue": tried again on every run, no budget
};

enum class Mode { run, plan };

struct LoopSpec {
  std::string scope;  // flow id + loop id + mailbox: whose ledger rows these are (loop_scope)
  std::string path;   // step path of the loop, for events
  mailbox::Query query;
  mailbox::Want want;
  mailbox::Order order = mailbox::Order::oldest_first;
  std::optional<std::uint64_t> limit;  // of eligible messages, over all folders
  bool once = true;                    // false: finished messages are done again by the next run
  bool again = false;                  // --again: the same for this run
  bool mark_read = false;
  OnError on_error = OnError::quarantine;
  int attempts = 3;
  // One text per top-level step of the body, which changes when the step's meaning does: a
  // half-done message is resumed only if those of its finished prefix are unchanged, else
  // quarantined (flow.changed).
  std::vector<std::string> step_hashes;
  Mode mode = Mode::run;
};

// Every number with its reason.
struct LoopLimits {
  std::size_t claim_chunk =
      100;  // messages taken at once: few enough that other processes get their share
  std::size_t tail_messages = 1000;           // memory, and what a crash would have to verify
  std::chrono::milliseconds tail_age{5'000};  // people watch their mailbox
  std::chrono::milliseconds lease{
      60'000};  // how long a dead process on another machine keeps its messages
  std::chrono::milliseconds renew_before{40'000};  // renewed when less than this is left
  int crashes = 5;                // a message under which the process died so often is quarantined
  std::size_t recovery_ids = 50;  // Message-IDs per search when half-done messages are looked for
  std::size_t verify_ids = 50;    // the same, in a copy's target
  int relistings = 3;  // of a folder that is renumbered meanwhile; a server that does so each time
                       // would hold a run for ever
};

struct LoopReport {
  LoopCounts counts;
  bool was_stopped = false;  // by the flow (`stop`) or by on_error: stop
  bool stops_run = false;    // and the run is to end as well
  bool reached_limit = false;
  std::uint64_t warnings = 0;        // told of messages that were worked on all the same
  std::optional<base::Error> error;  // of the message that stopped it (on_error: stop)
};

// The ledger's scope of a loop. The parts cannot run into each other.
std::string loop_scope(std::string_view flow_id, std::string_view loop_id,
                       std::string_view mailbox);

}  // namespace postroom::flow
