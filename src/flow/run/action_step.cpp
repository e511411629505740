#include "flow/run/action_step.hpp"

#include <fmt/format.h>

#include "actions/registry.hpp"
#include "flow/run/surroundings.hpp"
#include "flow/run/value_json.hpp"
#include "mime/sha256.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

session::Session* session_of(RunState& run, const Step& step) {
  if (!step.spec->uses_session || step.session.empty()) return nullptr;
  session::Session* session = run.sessions.find(step.session);
  if (!session) {
    throw Error(ErrorKind::config, "session.unknown",
                fmt::format("{}:{}: session {} is not connected", run.flow().file, step.place.line,
                            step.session),
                "connect it before this step, and disconnect it after");
  }
  if (step.spec->needs_transport && !session->can_send()) {
    throw Error(ErrorKind::config, "session.cannot_send",
                fmt::format("{}:{}: session {} has no server to send through", run.flow().file,
                            step.place.line, step.session),
                "add smtp: { host: ... } to its connect step");
  }
  return session;
}

StepKind kind_of(const Step& step) {
  switch (step.spec->effect) {
    case actions::Effect::irrevocable:
      return StepKind::irrevocable;
    case actions::Effect::local:
    case actions::Effect::mailbox:
      return StepKind::plain;
    default:
      return StepKind::repeatable;
  }
}

// Short enough for a Message-ID, and nothing of the message shows in it.
std::string key_from(std::string_view text) { return mime::sha256_hex(text).substr(0, 40); }

class ActionEffect final : public Effect {
 public:
  ActionEffect(RunState& run, const Step& step, Scope& scope, actions::MailInHand* mail,
               std::string key)
      : run_(run), step_(step), scope_(scope), mail_(mail), key_(std::move(key)) {}

  Task<StepResult> act() override { return perform(); }
  Task<StepResult> foresee() override { return perform(); }
  std::string payload() const override { return key_; }
  std::string_view action() const override { return step_.spec->name; }

  Task<StepResult> perform() {
    StepResult step_result;
    base::Map fields = evaluate_fields(step_, run_.expressions, scope_, run_.fields);
    const actions::Action* action = actions::find_action(step_.spec->name);
    actions::Invocation invocation{.fields = fields,
                                   .session = session_of(run_, step_),
                                   .mail = mail_,
                                   .around = run_.around,
                                   .idempotency_key = key_};
    try {
      actions::Result result = co_await action->run(std::move(invocation));
      step_result.value = to_json_text(result.as);
      step_result.note = std::move(result.summary);
      if (!result.warning.empty()) run_.warn(whose() + result.warning);
    } catch (const Error& error) {
      if (error.code() != "send.uncertain") throw;
      step_result.uncertain = error;
    }
    co_return step_result;
  }

 private:
  // Which of the messages a warning is about: neighbours may be silent.
  std::string whose() const {
    if (mail_ == nullptr || mail_->message == nullptr) return {};
    const std::string& subject = mail_->message->envelope.subject;
    return "\"" + base::printable(subject.empty() ? mail_->message->key.text : subject, 200) +
           "\": ";
  }

  RunState& run_;
  const Step& step_;
  Scope& scope_;
  actions::MailInHand* mail_;
  std::string key_;
};

// The journal tells of steps that it runs; a queued one is told here, as soon as it is known what
// it will do.
void tell_queued(RunState& run, const Step& step, const MailFrame& frame, std::string_view note) {
  const mailbox::Message& message = *frame.hand.message;
  std::string_view from;
  if (!message.envelope.from.empty()) from = message.envelope.from.front().address;
  run.environment.events.step_done({.folder = frame.hand.folder->path(),
                                    .key = message.key.text,
                                    .message_id = message.envelope.message_id,
                                    .subject = message.envelope.subject,
                                    .from = from},
                                   {.path = step.path, .action = step.spec->name, .note = note});
}

}  // namespace

Task<base::Value> act_on_mail(RunState& run, const Step& step, Scope& scope, MailFrame& innermost,
                              MailFrame* target, std::string path) {
  std::string key = key_from(innermost.journal.idempotency_key(path));
  ActionEffect effect(run, step, scope, target ? &target->hand : nullptr, std::move(key));
  if (target == &innermost && innermost.tail.contains(&step)) {
    Surroundings::Queueing queueing(run.around, innermost.journal, std::move(path));
    StepResult result = co_await effect.perform();
    tell_queued(run, step, innermost, result.note);
    co_return from_json_text(result.value);
  }
  StepResult result = co_await innermost.journal.once(std::move(path), kind_of(step), effect);
  if (target && (step.spec->name == "move" || step.spec->name == "delete"))
    target->was_taken_away = true;
  co_return from_json_text(result.value);
}

Task<base::Value> act_outside(RunState& run, const Step& step, Scope& scope) {
  ActionEffect effect(run, step, scope, nullptr, key_from(run.run + ":" + step.path));
  StepResult result = co_await effect.perform();
  if (result.uncertain) throw *result.uncertain;
  run.environment.events.step_done(
      {}, {.path = step.path, .action = step.spec->name, .note = result.note});
  co_return from_json_text(result.value);
}

}  // namespace postroom::flow
