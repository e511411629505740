// for_each_mail: from its fields to a LoopSpec, and each message's steps through the walker.
#pragma once

#include "base/task.hpp"
#include "flow/run/walker.hpp"

namespace postroom::flow {

// `outer` is the enclosing loop's message, null at the top.
Task<End> run_mail_loop(RunState& run, const Step& step, Scope& scope, MailFrame* outer);

// What the loop's listing has to fetch: for its filter, its expressions, its actions.
mailbox::Want want_of_loop(const Step& step, const mailbox::Query& query,
                           std::string_view mail_name, bool invitations);

}  // namespace postroom::flow
