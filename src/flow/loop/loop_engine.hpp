// LoopEngine: runs a LoopBody for each message of folders: claims, order, tail, failures, resuming.
// The design, with its state table and crash analysis, is docs/design/loop.md.
//
// Does not know: YAML, expressions, actions, protocols. One thread. The engine's parts outlive it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "flow/loop/loop_body.hpp"
#include "flow/loop/loop_spec.hpp"
#include "flow/run_events.hpp"
#include "mailbox/store.hpp"
#include "state/ledger.hpp"

namespace postroom::flow {

// What an engine works with.
struct LoopContext {
  mailbox::Store& store;  // where a copy is verified after a crash
  state::Ledger& ledger;
  RunEvents& events;
  const base::Clock& clock = base::system_clock();
  std::string run;    // id of this run; the same for all its loops
  std::string owner;  // state::new_owner(): who holds the claims; another one for every engine
  // Whether the process behind an owner is certainly gone (state::is_surely_dead): its claims are
  // taken at once, not after the lease. Empty: never.
  std::function<bool(std::string_view)> is_dead;
  // Runs the last flush so that a cancellation does not reach it, with a limit (net::shielded).
  // Empty: it runs as it is.
  std::function<Task<void>(Task<void>)> shield;
  // Throws Error{cancelled} when this task has been cancelled (net::yield_turn); asked before each
  // message. Empty: a cancellation is seen by the body and the folder only.
  std::function<Task<void>()> check_cancelled;
  LoopLimits limits = {};
};

class LoopEngine {
 public:
  LoopEngine(LoopContext context, LoopSpec spec, LoopBody& body);
  ~LoopEngine();
  LoopEngine(const LoopEngine&) = delete;

  // All messages of `folder` that the spec means, half-done ones of earlier runs first. Call it for
  // each folder in turn, then finish(). The folder is open read_write (read_only in plan mode).
  // Throws Error when the session or the ledger fails or on cancel: what was queued has been
  // flushed if that was possible, and claims are given back. Does nothing once wants_more() is
  // false.
  Task<void> run_folder(mailbox::Folder& folder);

  // False when a stop, an error or the limit has ended the loop.
  bool wants_more() const noexcept;

  // Tells the counts to the listeners. Call it also after an exception: it does not throw for what
  // is already known.
  LoopReport finish();

  // Keeps the claims alive while one step takes long: to be called every 20 s or so by a task
  // beside run_folder, on the same thread. Throws Error{storage}.
  void renew_leases();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace postroom::flow
