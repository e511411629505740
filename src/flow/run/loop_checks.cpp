#include "flow/run/loop_checks.hpp"

#include <fmt/format.h>

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

void check(RunState& run, const Step& step, session::Session& session) {
  auto place = [&] { return fmt::format("{}:{}", run.flow().file, step.place.line); };
  auto missing = [&](std::string_view code, std::string_view what) {
    return Error(ErrorKind::unsupported, code,
                 fmt::format("{}: {} is not possible here: {}", place(), step.spec->name, what),
                 "leave the step out, or use another mailbox");
  };
  mailbox::Store& store = session.store();
  if (step.spec->needs_move && !store.can_move()) {
    throw missing("store.cannot_move",
                  fmt::format("session {} cannot move messages", session.name()));
  }
  if (step.spec->needs_flags && !store.can_flag()) {
    throw missing("store.cannot_flag",
                  fmt::format("session {} keeps no read or flagged marks", session.name()));
  }
  if (step.spec->needs_transport) {
    const session::Session* sender = run.sessions.find(step.session);
    if (sender && !sender->can_send()) {
      throw Error(
          ErrorKind::config, "session.cannot_send",
          fmt::format("{}: session {} has no server to send through", place(), step.session),
          "add smtp: { host: ... } to its connect step");
    }
    if (sender) (void)sender->own_address();
  }
}

}  // namespace

void check_abilities(RunState& run, const std::vector<Step>& body, session::Session& session) {
  for (const auto& step : body) {
    if (!step.enabled) continue;
    if (step.spec->name == "for_each_mail") continue;  // checks its own when it starts
    check(run, step, session);
    for_each_body(step, [&](const auto& inner) { check_abilities(run, inner, session); });
  }
}

}  // namespace postroom::flow
