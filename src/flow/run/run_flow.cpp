#include "flow/run/run_flow.hpp"

#include <random>

#include <fmt/format.h>

#include "base/date.hpp"
#include "flow/loop/run_log_events.hpp"
#include "flow/run/exit_code.hpp"
#include "flow/run/run_state.hpp"
#include "flow/run/surroundings.hpp"
#include "flow/run/variables.hpp"
#include "flow/run/walker.hpp"
#include "state/owner.hpp"
#include "state/schema.hpp"
#include "state/sqlite_ledger.hpp"

namespace postroom::flow {
namespace {

using base::Error;

// Sorts by time, and tells runs of the same second apart: "20261123T140500-3fa9c1".
std::string new_run_id(const base::Clock& clock) {
  std::random_device random;
  return fmt::format("{}-{:06x}", base::format_date({clock.now(), "UTC"}, "%Y%m%dT%H%M%S"),
                     random() & 0xFFFFFF);
}

// A plan leaves no trace: where there is no state yet, it works on an empty one in memory.
std::filesystem::path state_file(const RunRequest& request, const RunEnvironment& environment) {
  std::filesystem::path file = environment.state_directory / "state.db";
  std::error_code ignored;
  if (request.mode == Mode::plan && !std::filesystem::exists(file, ignored)) return ":memory:";
  return file;
}

std::unique_ptr<Surroundings> make_surroundings(const RunRequest& request,
                                                const RunEnvironment& environment) {
  const std::string& zone = request.flow.timezone;
  if (request.mode == Mode::plan) {
    return std::make_unique<PlanSurroundings>(environment.clock, zone, environment.events);
  }
  return std::make_unique<RunSurroundings>(environment.clock, zone, environment.events);
}

Task<void> walk_flow(RunState& run, session::Registry& sessions) {
  Scope scope;
  declare_variables(run, scope);
  Walker walker(run);
  std::exception_ptr failure;
  try {
    co_await walker.walk(run.flow().steps, scope, nullptr, "");
  } catch (...) {
    failure = std::current_exception();
  }
  co_await sessions.close_all();
  if (failure) std::rethrow_exception(failure);
}

Task<void> run_sessions(const RunRequest& request, const RunEnvironment& environment,
                        state::Database& database, state::Ledger& ledger, RunSummary& summary) {
  RunEvents& events = environment.events;
  auto secrets = make_secret_resolver(request);
  using Keep = state::PauseBook::Keep;
  state::PauseBook pauses(database, request.mode == Mode::run ? Keep::durable : Keep::in_memory);
  state::Numberings numberings(database);
  session::Registry sessions(
      {.connect = {*secrets, environment.clock, environment.connector},
       .retry = environment.retry,
       .note = [&events](std::string text) { events.note({.text = text}); },
       .pauses = &pauses,
       .zone = request.flow.timezone.empty() ? base::process_zone() : request.flow.timezone});
  Expressions expressions(request.flow.timezone, environment.clock);
  auto around = make_surroundings(request, environment);
  RunState run{.request = request,
               .environment = environment,
               .run = summary.run,
               .sessions = sessions,
               .secrets = *secrets,
               .ledger = ledger,
               .numberings = numberings,
               .expressions = expressions,
               .fields = {.zone = request.flow.timezone,
                          .clock = &environment.clock,
                          .directory = request.flow.directory,
                          .file = request.flow.file},
               .around = *around,
               .summary = summary};
  co_await walk_flow(run, sessions);
}

// From run_started to run_finished, whatever happens in between.
Task<void> run_with_state(const RunRequest& request, const RunEnvironment& environment,
                          state::Database& database, state::Ledger& ledger, RunSummary& summary) {
  RunEvents& events = environment.events;
  events.run_started({.run = summary.run,
                      .flow_id = request.flow.id,
                      .flow_name = request.flow.name,
                      .file = request.flow.file,
                      .is_plan = request.mode == Mode::plan,
                      .at = environment.clock.now()});
  try {
    co_await run_sessions(request, environment, database, ledger, summary);
  } catch (const Error& error) {
    summary.error = error;
  }
  events.run_finished({.run = summary.run,
                       .at = environment.clock.now(),
                       .exit_code = exit_code_of(summary),
                       .error = summary.error ? &*summary.error : nullptr});
}

}  // namespace

Task<RunSummary> run_flow(RunRequest request, RunEnvironment environment) {
  RunSummary summary;
  summary.run = new_run_id(environment.clock);
  EventFan events;
  events.add(environment.events);
  try {
    state::Database database(state_file(request, environment), state::state_migrations());
    state::SqliteLedger ledger(database);
    state::RunLog log(database);
    RunLogEvents log_events(log, state::new_owner(), environment.clock);
    if (request.mode == Mode::run) events.add(log_events);
    RunEnvironment watched{environment.connector, environment.clock, environment.state_directory,
                           events, environment.retry};
    co_await run_with_state(request, watched, database, ledger, summary);
  } catch (const Error& error) {
    summary.error = error;
  }
  co_return summary;
}

}  // namespace postroom::flow
