#include "flow/loop/message_journal.hpp"

#include <exception>

#include "mime/sha256.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

Error lease_lost() {
  return {ErrorKind::refused, "flow.lease_lost", "another process has taken this message over",
          "nothing to do: the other process finishes it"};
}

// What an irrevocable effect threw, as the reason why nobody knows; nothing when it certainly did
// not happen.
std::optional<Error> doubt_in(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::cancelled) return std::nullopt;
    return error;
  } catch (const std::exception& error) {
    return Error(ErrorKind::internal, "flow.internal", base::printable(error.what()));
  }
}

}  // namespace

const state::StepRecord* MessageJournal::find_done(std::string_view path) const noexcept {
  for (const auto& step : message_.done) {
    if (step.path == path && step.state == state::StepState::done) return &step;
  }
  return nullptr;
}

void MessageJournal::tell(std::string_view path, const Effect& effect, const StepResult& result) {
  parts_.events.step_done(message_.facts(parts_.spec.path, parts_.folder),
                          {path, effect.action(), result.was_done_before, result.note,
                           result.uncertain ? &*result.uncertain : nullptr});
}

Task<StepResult> MessageJournal::once(std::string path, StepKind kind, Effect& effect) {
  if (message_.is_lost) throw lease_lost();
  StepResult result;
  if (const auto* before = find_done(path)) {
    result.value = before->value;
    result.was_done_before = true;
    tell(path, effect, result);
    co_return result;
  }
  if (is_plan()) {
    result = co_await effect.foresee();
  } else if (kind == StepKind::irrevocable) {
    Task<StepResult> acting = act_once(path, effect);
    result = co_await std::move(acting);
  } else {
    result = co_await effect.act();
    state::StepRecord done{path, state::StepState::done, result.value, kind == StepKind::plain};
    if (kind == StepKind::plain) {
      record(path, result);
    } else {
      message_.held_back.push_back(std::move(done));
      auto progress = parts_.prefixes.of(path);
      if (progress.reached > message_.progress.reached) message_.progress = progress;
    }
  }
  tell(path, effect, result);
  co_return result;
}

Task<StepResult> MessageJournal::act_once(std::string path, Effect& effect) {
  intend(path, effect);
  StepResult result;
  std::exception_ptr thrown;
  try {
    result = co_await effect.act();
  } catch (...) {
    thrown = std::current_exception();
  }
  std::optional<Error> doubt = thrown ? doubt_in(thrown) : result.uncertain;
  if (doubt) {
    message_.error =
        Error(ErrorKind::refused, "flow.uncertain",
              "step " + path + " may or may not have happened: " + doubt->message(),
              "look whether it did, then `postroom quarantine retry` or `drop` this message");
    message_.outcome = MessageOutcome::uncertain;
    result.uncertain = message_.error;
    tell(path, effect, result);
    if (thrown) std::rethrow_exception(thrown);
    throw *message_.error;
  }
  if (thrown) {
    parts_.ledger.drop_intent(message_.entry, path);
    message_.intent.reset();
    std::rethrow_exception(thrown);
  }
  record(path, result);
  message_.intent.reset();
  co_return result;
}

void MessageJournal::intend(const std::string& path, const Effect& effect) {
  state::StepRecord intent{path, state::StepState::intended, effect.payload()};
  // What stands for the finished prefix is what is done, not what is intended.
  bool is_held = parts_.ledger.intend({message_.entry, parts_.owner}, intent, message_.held_back,
                                      message_.progress, lease_end());
  if (!is_held) {
    message_.is_lost = true;
    throw lease_lost();
  }
  message_.intent = path;
  message_.held_back.clear();
}

void MessageJournal::record(const std::string& path, const StepResult& result) {
  auto progress = parts_.prefixes.of(path);
  if (progress.reached > message_.progress.reached) message_.progress = progress;
  state::StepRecord done{path, state::StepState::done, result.value};
  bool is_held = parts_.ledger.record({message_.entry, parts_.owner}, done, message_.held_back,
                                      message_.progress, lease_end());
  if (!is_held) {
    message_.is_lost = true;
    throw lease_lost();
  }
  message_.held_back.clear();
}

void MessageJournal::queue(std::string path, TailStep step) {
  if (is_plan() || find_done(path) != nullptr) return;
  if (!message_.tail.empty() && message_.tail.back().step.takes_away()) {
    throw Error(ErrorKind::config, "flow.step_after_move",
                "step " + path + " comes after this message was moved or deleted",
                "put move or delete last");
  }
  message_.tail.push_back({std::move(path), std::move(step)});
}

Task<void> MessageJournal::flush_tail() {
  if (is_plan()) co_return;
  co_await parts_.flusher.flush();
}

std::string MessageJournal::idempotency_key(std::string_view path) const {
  const auto& name = message_.name;
  std::string text = parts_.spec.scope;
  text += '\n';
  text += name.identity.empty() ? name.key : name.identity;
  text += '\n';
  text += path;
  return mime::sha256_hex(text).substr(0, 32);
}

}  // namespace postroom::flow
