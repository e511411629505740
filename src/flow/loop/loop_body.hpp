// LoopBody: the steps of a loop for one message, written by the flow's walker. StepJournal: how the
// walker makes each of its leaf actions happen once, over crashes and retries.
//
// Does not know: YAML, expressions, the ledger.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/task.hpp"
#include "flow/loop/tail.hpp"
#include "mailbox/folder.hpp"

namespace postroom::flow {

using base::Task;

enum class StepKind {
  // Harmless to do again after a crash (log, set): remembered in memory, and on disk together with
  // the next record that
  // must be there. Costs nothing per message.
  repeatable,
  // Done once unless the machine dies between the act and its record; then it is done again
  // (save_attachments, write_file).
  plain,
  // Never done twice (send, reply, forward, http_request, run_program). A crash in between leaves
  // the message
  // `uncertain`.
  irrevocable,
};

struct StepResult {
  std::string
      value;  // what `as` keeps, opaque here (JSON); given back when the step is not run again
  std::string note;  // for the run log
  // irrevocable only: nobody knows whether it happened, and why (connection lost after the last
  // byte). The message ends `uncertain`. once() throws it after recording it.
  std::optional<base::Error> uncertain;
  bool was_done_before = false;  // set by the journal
};

// One leaf action, ready to run. Lives in the caller's frame across the co_await.
class Effect {
 public:
  virtual ~Effect() = default;

  // Acts. Throws Error when it certainly did not happen (an irrevocable one that throws
  // Error{cancelled} or anything but base::Error is taken as uncertain).
  virtual Task<StepResult> act() = 0;

  // In plan mode, in place of act(): the value that it would have; no effect outside memory.
  virtual Task<StepResult> foresee() = 0;

  // irrevocable: what helps to find out later whether it happened, such as the Message-ID. Asked
  // before act().
  virtual std::string payload() const { return {}; }
  // The verb, for events.
  virtual std::string_view action() const { return {}; }
};

class StepJournal {
 public:
  virtual ~StepJournal() = default;

  // Runs `effect` unless this message's step at `path` is done already; then gives back what it
  // gave then. `path` is unique within the body and starts with the index of its top-level step:
  // "2", "3.do.1", "1.item4.0". Rethrows what the effect throws. After Error{refused,
  // "flow.lease_lost"} or "flow.uncertain" give up this message: let it through.
  virtual Task<StepResult> once(std::string path, StepKind kind, Effect& effect) = 0;

  // Queues a step of the tail; its outcome comes with the flush, after the body has returned.
  // Nothing when the step was done on an earlier try. Error{config, "flow.step_after_move"} after a
  // move or delete of the same message.
  virtual void queue(std::string path, TailStep step) = 0;

  // Flushes what earlier messages queued: before anything that reads the folder.
  virtual Task<void> flush_tail() = 0;

  // The same text for the same step of the same message, whatever the run: for Idempotency-Key and
  // Message-ID.
  virtual std::string idempotency_key(std::string_view path) const = 0;

  // This message was begun by an earlier run.
  virtual bool is_resumed() const noexcept = 0;
  virtual bool is_plan() const noexcept = 0;
};

struct BodyResult {
  enum class End {
    done,
    skipped,           // this message is done by the flow's word
    skipped_unmarked,  // the same, and mark_read does not touch it (invitations)
  } end = End::done;
  enum class Stop { no, loop, run } stop = Stop::no;  // after this message
  std::string note;
};

class LoopBody {
 public:
  virtual ~LoopBody() = default;

  // All steps for one message. An Error fails this message only, except as ends_loop says.
  virtual Task<BodyResult> run(mailbox::Message& message, mailbox::Folder& folder,
                               StepJournal& journal) = 0;

  // Whether `error`, thrown by run(), means that no other message can be done either: cancelled and
  // a broken ledger always do; say here when the session is dead. Such an error costs the message
  // no attempt.
  virtual bool ends_loop(const base::Error& error) const { return (void)error, false; }
};

}  // namespace postroom::flow
