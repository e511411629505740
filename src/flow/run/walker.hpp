// Walker: takes the steps of a flow one by one: glue itself, actions through their code, mail loops
// through the engine.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "actions/action.hpp"
#include "base/task.hpp"
#include "flow/expression/scope.hpp"
#include "flow/flow.hpp"
#include "flow/loop/loop_body.hpp"
#include "flow/run/run_state.hpp"

namespace postroom::flow {

using base::Task;

// How a body of steps came to its end.
enum class End { all_done, skip, stop_loop, stop_run };

// The message that a mail loop is at, and how its steps are recorded.
struct MailFrame {
  std::string name;  // `as`
  actions::MailInHand hand;
  StepJournal& journal;
  const std::set<const Step*>& tail;
  MailFrame* outer = nullptr;
  bool was_taken_away = false;  // moved or deleted by a step that did not wait
  std::string skip_reason;
};

class Walker {
 public:
  explicit Walker(RunState& run) : run_(run) {}

  // `mail` is null outside mail loops. `prefix` is the body's address within the innermost loop's
  // body: "" or "3.do.".
  Task<End> walk(const std::vector<Step>& steps, Scope& scope, MailFrame* mail, std::string prefix);

 private:
  Task<End> take(const Step& step, Scope& scope, MailFrame* mail, std::string path);
  Task<End> take_if(const Step& step, Scope& scope, MailFrame* mail, std::string path);
  Task<void> connect(const Step& step, Scope& scope);
  Task<void> act(const Step& step, Scope& scope, MailFrame* mail, std::string path);
  void set(const Step& step, Scope& scope);
  void log(const Step& step, Scope& scope);
  [[noreturn]] void fail(const Step& step, Scope& scope);
  End stop(const Step& step, Scope& scope);

  RunState& run_;
};

}  // namespace postroom::flow
