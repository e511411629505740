#include "flow/run/walker.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "actions/registry.hpp"
#include "flow/run/action_step.hpp"
#include "flow/run/mail_loop.hpp"
#include "flow/run/read_account.hpp"
#include "flow/run/value_json.hpp"
#include "net/task_group.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

std::string text_of_field(const base::Map& fields, std::string_view name) {
  auto at = fields.find(name);
  return at == fields.end() ? std::string() : at->second.to_text();
}

bool flag_of_field(const base::Map& fields, std::string_view name) {
  auto at = fields.find(name);
  const auto* on = at == fields.end() ? nullptr : at->second.as<bool>();
  return on && *on;
}

}  // namespace

void RunState::warn(std::string_view text) const {
  ++summary.warnings;
  environment.events.note({.level = Note::Level::warning, .text = text});
}

Task<End> Walker::walk(const std::vector<Step>& steps, Scope& scope, MailFrame* mail,
                       std::string prefix) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (!step.enabled) continue;
    std::string path = prefix + std::to_string(i);
    End end = co_await take(step, scope, mail, std::move(path));
    if (end != End::all_done) co_return end;
  }
  co_return End::all_done;
}

Task<End> Walker::take(const Step& step, Scope& scope, MailFrame* mail, std::string path) {
  std::string_view action = step.spec->name;
  if (action == "if") co_return co_await take_if(step, scope, mail, std::move(path));
  if (action == "for_each_mail") co_return co_await run_mail_loop(run_, step, scope, mail);
  if (action == "connect") {
    co_await connect(step, scope);
  } else if (action == "disconnect") {
    std::string session = step.session;
    co_await run_.sessions.disconnect(std::move(session));
  } else if (action == "set") {
    set(step, scope);
  } else if (action == "log") {
    log(step, scope);
  } else if (action == "skip") {
    base::Map fields = evaluate_fields(step, run_.expressions, scope, run_.fields);
    if (mail) mail->skip_reason = text_of_field(fields, "reason");
    co_return End::skip;
  } else if (action == "stop") {
    co_return stop(step, scope);
  } else if (action == "fail") {
    fail(step, scope);
  } else {
    co_await act(step, scope, mail, std::move(path));
  }
  co_return End::all_done;
}

Task<End> Walker::take_if(const Step& step, Scope& scope, MailFrame* mail, std::string path) {
  base::Map fields = evaluate_fields(step, run_.expressions, scope, run_.fields);
  std::string_view branch = flag_of_field(fields, "when") ? "do" : "else";
  Scope inner(&scope);
  std::string prefix = fmt::format("{}.{}.", path, branch);
  co_return co_await walk(step.body(branch), inner, mail, std::move(prefix));
}

Task<void> Walker::connect(const Step& step, Scope& scope) {
  base::Map fields = evaluate_fields(step, run_.expressions, scope, run_.fields);
  account::Account account = read_account(run_.flow(), step, fields, run_.secrets);
  auto on_live = flag_of_field(fields, "replace") ? session::Registry::OnLive::replace
                                                  : session::Registry::OnLive::refuse;
  std::string name = account.session;
  co_await run_.sessions.connect(std::move(account), on_live);
  std::string note = "connected as " + name;
  run_.environment.events.step_done({}, {.path = step.path, .action = "connect", .note = note});
}

Task<void> Walker::act(const Step& step, Scope& scope, MailFrame* mail, std::string path) {
  MailFrame* frame = mail;
  while (frame && !step.mail.empty() && frame->name != step.mail) frame = frame->outer;
  if (mail && frame && frame->was_taken_away && step.spec->effect != actions::Effect::irrevocable) {
    throw Error(ErrorKind::config, "flow.step_after_move",
                fmt::format("{}:{}: {} comes after the message was moved or deleted",
                            run_.flow().file, step.place.line, step.spec->name),
                "put move and delete last");
  }
  base::Value as;
  if (mail) {
    as = co_await act_on_mail(run_, step, scope, *mail, frame, std::move(path));
  } else {
    as = co_await act_outside(run_, step, scope);
  }
  if (const Node* name = step.field("as")) {
    scope.assign(std::get<Template>(name->data).constant_text(), std::move(as), Origin::mail);
  }
}

void Walker::set(const Step& step, Scope& scope) {
  for (auto& [name, evaluated] : evaluate_assignments(step, run_.expressions, scope, run_.fields)) {
    scope.assign(std::move(name), std::move(evaluated.value), evaluated.origin);
  }
}

void Walker::log(const Step& step, Scope& scope) {
  base::Map fields = evaluate_fields(step, run_.expressions, scope, run_.fields);
  std::string text = text_of_field(fields, "message");
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');  // one line
  text = base::printable(text, 10'000);
  run_.environment.events.note({.text = text});
}

void Walker::fail(const Step& step, Scope& scope) {
  base::Map fields = evaluate_fields(step, run_.expressions, scope, run_.fields);
  throw Error(ErrorKind::refused, "flow.failed",
              base::printable(text_of_field(fields, "message"), 10'000),
              fmt::format("the flow says so at {}:{}", run_.flow().file, step.place.line))
      .set_session_usable(true);
}

End Walker::stop(const Step& step, Scope& scope) {
  base::Map fields = evaluate_fields(step, run_.expressions, scope, run_.fields);
  return flag_of_field(fields, "loop") ? End::stop_loop : End::stop_run;
}

}  // namespace postroom::flow
