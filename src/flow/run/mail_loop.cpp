#include "flow/run/mail_loop.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "actions/field_values.hpp"
#include "actions/registry.hpp"
#include "flow/expression/names.hpp"
#include "flow/loop/loop_engine.hpp"
#include "flow/run/loop_checks.hpp"
#include "flow/run/step_text.hpp"
#include "flow/run/tail_steps.hpp"
#include "flow/where/where.hpp"
#include "mime/calendar.hpp"
#include "net/task_group.hpp"
#include "net/with_timeout.hpp"
#include "state/owner.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::chrono::seconds renewal{20};      // a third of a lease
constexpr std::chrono::seconds flush_limit{30};  // of the last flush after a cancel: a person waits

class LoopSteps final : public LoopBody {
 public:
  LoopSteps(RunState& run, const Step& step, Scope& scope, MailFrame* outer,
            session::Session& session, std::string name, flow::Body format, bool invitations)
      : run_(run),
        step_(step),
        scope_(scope),
        outer_(outer),
        session_(session),
        name_(std::move(name)),
        format_(format),
        invitations_(invitations),
        tail_(tail_steps(step.body("do"))) {}

  Task<BodyResult> run(mailbox::Message& message, mailbox::Folder& folder,
                       StepJournal& journal) override {
    if (!invitations_ && message.structure && mime::invitation_part(*message.structure)) {
      co_return BodyResult{.end = BodyResult::End::skipped_unmarked,
                           .note = "a meeting invitation"};
    }
    Scope scope(&scope_);
    scope.declare_mail(name_, {.message = &message, .folder = folder.path(), .body = format_});
    MailFrame frame{.name = name_,
                    .hand = {.message = &message, .folder = &folder, .session = &session_},
                    .journal = journal,
                    .tail = tail_,
                    .outer = outer_};
    Walker walker(run_);
    End end = co_await walker.walk(step_.body("do"), scope, &frame, "");
    BodyResult result;
    if (end == End::skip) result = {.end = BodyResult::End::skipped, .note = frame.skip_reason};
    if (end == End::stop_loop) result.stop = BodyResult::Stop::loop;
    if (end == End::stop_run) result.stop = BodyResult::Stop::run;
    co_return result;
  }

  bool ends_loop(const Error& error) const override {
    switch (error.kind()) {
      case ErrorKind::throttled:
        return true;  // the session has waited as long as it may: no message before the time
      case ErrorKind::network:
      case ErrorKind::tls:
      case ErrorKind::timed_out:
      case ErrorKind::auth:
      case ErrorKind::protocol:
        return !error.session_usable();
      case ErrorKind::storage:
        return error.code() == "file.disk_full" || error.code().starts_with("state.");
      default:
        return false;
    }
  }

 private:
  RunState& run_;
  const Step& step_;
  Scope& scope_;
  MailFrame* outer_;
  session::Session& session_;
  std::string name_;
  flow::Body format_;
  bool invitations_;
  std::set<const Step*> tail_;
};

// "mail", "mail2" by position among the flow's mail loops, for those without an id.
void number_loops(const std::vector<Step>& steps, const Step* wanted, int& position,
                  std::string& id) {
  for (const auto& step : steps) {
    if (step.spec->name == "for_each_mail") {
      ++position;
      if (&step == wanted) id = position == 1 ? "mail" : fmt::format("mail{}", position);
    }
    for_each_body(step, [&](const auto& inner) { number_loops(inner, wanted, position, id); });
  }
}

std::string loop_id(const RunState& run, const Step& step, const MailFrame* outer) {
  std::string id = step.id;
  int position = 0;
  if (id.empty()) number_loops(run.flow().steps, &step, position, id);
  // An inner loop's work belongs to the outer message: done for one is not done for another.
  for (const MailFrame* frame = outer; frame; frame = frame->outer)
    id += "/" + frame->hand.message->key.text;
  return id;
}

LoopSpec make_spec(RunState& run, const Step& step, const base::Map& fields,
                   const session::Session& session, const MailFrame* outer) {
  LoopSpec spec;
  spec.scope = loop_scope(run.flow().id, loop_id(run, step, outer), session.mailbox_identity());
  spec.path = step.path;
  if (auto where = fields.find("where"); where != fields.end() && where->second.as<base::Map>()) {
    spec.query =
        to_query(*where->second.as<base::Map>(), run.flow().timezone, run.environment.clock.now());
  }
  if (actions::text_of(fields, "order") == "newest_first")
    spec.order = mailbox::Order::newest_first;
  if (actions::has(fields, "limit")) {
    spec.limit = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, *fields.find("limit")->second.as<std::int64_t>()));
  }
  spec.once = actions::flag_of(fields, "once", true);
  spec.again = run.request.again;
  spec.mark_read = actions::flag_of(fields, "mark_read", false);
  std::string on_error = actions::text_of(fields, "on_error", "quarantine");
  if (on_error == "stop") spec.on_error = OnError::stop;
  if (on_error == "continue") spec.on_error = OnError::go_on;
  if (const auto* attempts = fields.find("attempts")->second.as<std::int64_t>()) {
    spec.attempts = static_cast<int>(std::clamp<std::int64_t>(*attempts, 1, 1000));
  }
  spec.step_hashes = step_hashes(step.body("do"));
  spec.mode = run.request.mode;
  return spec;
}

Task<std::vector<std::string>> folders_of(mailbox::Store& store, const base::Map& fields) {
  std::vector<std::string> paths;
  std::optional<std::vector<mailbox::FolderInfo>> all;
  for (const auto& pattern : actions::texts_of(fields, "folder")) {
    std::vector<std::string> found{pattern};
    if (pattern.contains('*')) {
      if (!all) all = co_await store.folders();
      found = mailbox::matching(*all, pattern);
    }
    for (auto& path : found) {
      if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    }
  }
  co_return paths;
}

Task<void> keep_leases(LoopEngine& engine) {
  while (true) {
    co_await net::pause(renewal);
    engine.renew_leases();
  }
}

// Keys of an earlier numbering name nothing: said, because it costs a run that sees all again.
void tell_numbering(RunState& run, const session::Session& session, const mailbox::Folder& folder) {
  if (run.is_plan()) return;
  const std::string now = folder.generation();
  const std::string mailbox = session.mailbox_identity();
  const auto before = run.numberings.replace(mailbox, folder.path(), now);
  const std::string path = base::printable(folder.path(), 200);
  const bool is_kept = !now.starts_with('~');
  std::string text;
  if (!is_kept && (!before || !before->starts_with('~'))) {
    text = "the server does not keep its message numbers in \"" + path +
           "\": messages are recognised by their Message-ID, and those without one are done again";
  } else if (is_kept && before && *before != now) {
    text = "the server has renumbered the folder \"" + path +
           "\" since the last run: messages that are done are recognised by their Message-ID";
  }
  if (!text.empty()) run.environment.events.note({.text = text});
}

struct FolderRun {
  RunState& run;
  session::Session& session;
  LoopEngine& engine;
  std::vector<std::string> paths;
  mailbox::Access access;
};

Task<void> run_folders(net::TaskGroup& group, FolderRun& folders) {
  Task<void> keeper = keep_leases(folders.engine);
  co_await group.spawn(std::move(keeper));
  for (auto& path : folders.paths) {
    if (!folders.engine.wants_more()) break;
    auto folder = co_await folders.session.store().open(path, folders.access);
    tell_numbering(folders.run, folders.session, *folder);
    co_await folders.engine.run_folder(*folder);
  }
  group.cancel();
}

Task<void> shield_flush(Task<void> flush) {
  return net::shielded(flush_limit, "finishing what was begun", std::move(flush));
}

base::Map constants_of(const Step& step) {
  base::Map constants;
  for (const auto& [name, node] : step.fields) {
    const auto* text = std::get_if<Template>(&node.data);
    if (text && text->is_constant()) constants.emplace(name, plain_value(*text));
  }
  return constants;
}

// A reply marks the original answered, where there are marks.
bool changes_mail(const std::vector<Step>& steps) {
  return std::ranges::any_of(steps, [](const Step& step) {
    if (!step.enabled) return false;
    if (step.spec->effect == actions::Effect::mailbox || step.spec->name == "reply") return true;
    bool is_inside = false;
    for_each_body(step, [&](const auto& inner) { is_inside = is_inside || changes_mail(inner); });
    return is_inside;
  });
}

void add_wants(const std::vector<Step>& steps, mailbox::Want& want) {
  for (const auto& step : steps) {
    if (!step.enabled) continue;
    if (const auto* action = actions::find_action(step.spec->name))
      want |= action->want(constants_of(step));
    for_each_body(step, [&](const auto& inner) { add_wants(inner, want); });
  }
}

}  // namespace

mailbox::Want want_of_loop(const Step& step, const mailbox::Query& query,
                           std::string_view mail_name, bool invitations) {
  // The envelope is the message's identity in the ledger, and its name in messages to people.
  mailbox::Want want{.envelope = true, .structure = !invitations};
  want |= mailbox::needs_of(query);
  want |= want_of(step.body("do"), mail_name);
  add_wants(step.body("do"), want);
  return want;
}

Task<End> run_mail_loop(RunState& run, const Step& step, Scope& scope, MailFrame* outer) {
  session::Session* session = run.sessions.find(step.session);
  if (!session) {
    throw Error(ErrorKind::config, "session.unknown",
                fmt::format("{}:{}: session {} is not connected", run.flow().file, step.place.line,
                            step.session),
                "connect it before this loop, and disconnect it after");
  }
  base::Map fields = evaluate_fields(step, run.expressions, scope, run.fields);
  check_abilities(run, step.body("do"), *session);

  std::string name = actions::text_of(fields, "as", "mail");
  bool invitations = actions::flag_of(fields, "invitations", false);
  auto format =
      actions::text_of(fields, "body", "html") == "plain" ? flow::Body::plain : flow::Body::html;
  LoopSpec spec = make_spec(run, step, fields, *session, outer);
  bool is_marking = spec.mark_read;
  spec.want = want_of_loop(step, spec.query, name, invitations);
  LoopSteps body(run, step, scope, outer, *session, name, format, invitations);
  LoopContext context{.store = session->store(),
                      .ledger = run.ledger,
                      .events = run.environment.events,
                      .clock = run.environment.clock,
                      .run = run.run,
                      .owner = state::new_owner(),
                      .is_dead = &state::is_surely_dead,
                      .shield = &shield_flush,
                      .check_cancelled = &net::yield_turn};
  LoopEngine engine(std::move(context), std::move(spec), body);

  std::exception_ptr failure;
  try {
    std::vector<std::string> paths = co_await folders_of(session->store(), fields);
    bool writes = is_marking || changes_mail(step.body("do"));
    auto access =
        writes && !run.is_plan() ? mailbox::Access::read_write : mailbox::Access::read_only;
    FolderRun folders{run, *session, engine, std::move(paths), access};
    co_await net::run_group(&run_folders, folders);
  } catch (...) {
    failure = std::current_exception();
  }
  LoopReport report = engine.finish();
  run.summary.counts += report.counts;
  run.summary.warnings += report.warnings;
  if (failure) std::rethrow_exception(failure);
  if (report.error) {
    run.summary.was_stopped = true;
    throw *report.error;
  }
  co_return report.stops_run ? End::stop_run : End::all_done;
}

}  // namespace postroom::flow
