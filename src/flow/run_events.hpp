// RunEvents: what a run tells those who watch it: the run log, a terminal, --json lines, the
// editor's event stream.
//
// Owns: the shapes. A pure interface: every method does nothing unless overridden. Views point into
// the caller's frame and end with the call: copy what you keep. Called on the run's own thread, in
// order, and must not throw for anything but a full disk (Error{storage}, which ends the run). Does
// not know: who listens, or how it is shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace postroom::flow {

// What became of one message in one loop.
enum class MessageOutcome {
  finished,
  skipped,       // the flow said so (`skip`), or it is an invitation; it is done
  failed,        // tried again on the next run
  quarantined,   // its attempts are used up, or the flow changed under it; the mailbox is untouched
  uncertain,     // an irrevocable effect may or may not have happened; never tried again blindly
  already_done,  // by this or an earlier run
  busy_elsewhere,  // another process has it
  gone,            // somebody moved or deleted it meanwhile
};
std::string_view to_string(MessageOutcome outcome) noexcept;

struct RunStarted {
  std::string_view run;  // its id
  std::string_view flow_id, flow_name, file;
  bool is_plan = false;
  base::Instant at;
};

struct LoopStarted {
  std::string_view loop;  // step path of the loop
  std::string_view folder;
  std::optional<std::uint64_t> total;  // messages that the server named, an estimate
};

// The message that an event is about.
struct MessageFacts {
  std::string_view loop, folder, key, message_id, subject, from;
};

struct StepDone {
  std::string_view path;    // within the loop's body, such as "3.do.1"; of the flow outside loops
  std::string_view action;  // the verb; empty when the engine does not know it
  bool was_done_before = false;  // on an earlier run; not run again
  std::string_view note;
  const base::Error* error = nullptr;
};

struct MessageFinished {
  MessageFacts message;
  MessageOutcome outcome = MessageOutcome::finished;
  int attempts = 0;                    // spent so far, for failed and quarantined
  const base::Error* error = nullptr;  // for failed, quarantined, uncertain
  std::string_view note;
  bool is_news = false;  // became so now; else it was so before this run and is only passed by
};

// A change of the mailbox that happened: what `undo` works from.
struct MailboxChange {
  std::string_view folder;  // where the message was
  std::string_view verb;    // "change_status", "move", "copy", "delete"
  std::string_view
      target;  // folder moved or copied to, the status set ("read"), how it was deleted
  std::string_view key, new_key, message_id;  // new_key empty when the server does not tell it
};

struct Note {
  enum class Level { info, warning, error } level = Level::info;
  std::string_view text;
  const base::Error* error = nullptr;
};

struct LoopCounts {
  std::uint64_t examined = 0;  // listed; the sum of all below
  std::uint64_t finished = 0, skipped = 0, failed = 0, quarantined = 0, uncertain = 0,
                gone = 0;  // by this run
  std::uint64_t already_done = 0, busy_elsewhere = 0;
  std::uint64_t duplicates = 0;         // the same mail again within this run: done once
  std::uint64_t still_quarantined = 0;  // by an earlier run
  std::uint64_t still_uncertain = 0;
  std::uint64_t released = 0;  // claimed, then given back by a stop, a limit or cancel

  LoopCounts& operator+=(const LoopCounts& other) noexcept;
  bool operator==(const LoopCounts&) const = default;
};

struct LoopFinished {
  std::string_view loop;
  LoopCounts counts;
  bool was_stopped = false;
};

struct RunFinished {
  std::string_view run;
  base::Instant at;
  int exit_code = 0;
  const base::Error* error = nullptr;
};

class RunEvents {
 public:
  virtual ~RunEvents() = default;
  virtual void run_started(const RunStarted&) {}
  virtual void loop_started(const LoopStarted&) {}
  virtual void message_started(const MessageFacts&) {}
  virtual void step_done(const MessageFacts&, const StepDone&) {}
  virtual void message_finished(const MessageFinished&) {}
  virtual void mailbox_changed(const MailboxChange&) {}
  virtual void note(const Note&) {}
  virtual void loop_finished(const LoopFinished&) {}
  virtual void run_finished(const RunFinished&) {}
};

// Passes every event on to several listeners, in the order they were added. They outlive it.
class EventFan final : public RunEvents {
 public:
  void add(RunEvents& listener) { listeners_.push_back(&listener); }
  void run_started(const RunStarted& e) override {
    for (auto* l : listeners_) l->run_started(e);
  }
  void loop_started(const LoopStarted& e) override {
    for (auto* l : listeners_) l->loop_started(e);
  }
  void message_started(const MessageFacts& m) override {
    for (auto* l : listeners_) l->message_started(m);
  }
  void step_done(const MessageFacts& m, const StepDone& e) override {
    for (auto* l : listeners_) l->step_done(m, e);
  }
  void message_finished(const MessageFinished& e) override {
    for (auto* l : listeners_) l->message_finished(e);
  }
  void mailbox_changed(const MailboxChange& e) override {
    for (auto* l : listeners_) l->mailbox_changed(e);
  }
  void note(const Note& e) override {
    for (auto* l : listeners_) l->note(e);
  }
  void loop_finished(const LoopFinished& e) override {
    for (auto* l : listeners_) l->loop_finished(e);
  }
  void run_finished(const RunFinished& e) override {
    for (auto* l : listeners_) l->run_finished(e);
  }

 private:
  std::vector<RunEvents*> listeners_;
};

}  // namespace postroom::flow
