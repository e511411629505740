// One action step, with its fields evaluated, its session found and its effect recorded.
#pragma once

#include "base/task.hpp"
#include "base/value.hpp"
#include "flow/run/run_state.hpp"
#include "flow/run/walker.hpp"

namespace postroom::flow {

// Inside a mail loop: through `innermost`'s journal, on the message of `target`. What `as` gets.
Task<base::Value> act_on_mail(RunState& run, const Step& step, Scope& scope, MailFrame& innermost,
                              MailFrame* target, std::string path);

// Outside of any mail loop.
Task<base::Value> act_outside(RunState& run, const Step& step, Scope& scope);

}  // namespace postroom::flow
