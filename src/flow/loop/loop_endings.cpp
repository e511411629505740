#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "flow/loop/loop_engine_impl.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using state::EntryState;

constexpr std::size_t reason_limit =
    2000;  // bytes kept of an error: enough to act on, whatever a server says
constexpr std::size_t about_limit = 200;

EntryState state_of(MessageOutcome outcome) {
  switch (outcome) {
    case MessageOutcome::failed:
      return EntryState::failed;
    case MessageOutcome::quarantined:
      return EntryState::quarantined;
    case MessageOutcome::uncertain:
      return EntryState::uncertain;
    case MessageOutcome::gone:
      return EntryState::gone;
    case MessageOutcome::busy_elsewhere:
      return EntryState::open;  // given back
    case MessageOutcome::finished:
    case MessageOutcome::skipped:
    case MessageOutcome::already_done:
      return EntryState::finished;
  }
  return EntryState::open;
}

state::Reason reason_of(const InHand& message) {
  state::Reason reason;
  reason.about = base::truncate_utf8(message.subject, about_limit);
  if (!message.error) return reason;
  reason.code = message.error->code();
  reason.text = message.error->message();
  if (!message.error->server_text().empty())
    reason.text += " (" + message.error->server_text() + ")";
  if (!message.error->hint().empty()) reason.text += "; " + message.error->hint();
  reason.text = base::truncate_utf8(reason.text, reason_limit);
  return reason;
}

bool has_steps_to_do(const InHand& message) {
  return std::ranges::any_of(message.tail,
                             [](const QueuedStep& queued) { return !queued.is_done; });
}

// What of the queued steps the next try has to know.
void keep_tail_steps(const InHand& message, state::Ending& ending) {
  for (const auto& queued : message.tail) {
    bool is_doubtful = !queued.is_done && message.outcome == MessageOutcome::uncertain &&
                       queued.step.verb == TailVerb::copy;
    if (queued.is_done) ending.steps.push_back({queued.path, state::StepState::done, {}});
    if (is_doubtful)
      ending.steps.push_back({queued.path, state::StepState::intended, queued.step.target});
  }
}

}  // namespace

// Decides whether a failed message is tried again. Costs an attempt unless the failure was
// transient.
void LoopEngine::Impl::fail(InHand& message) {
  if (!message.error->transient()) ++message.attempts;
  bool is_used_up = spec_.on_error == OnError::quarantine && message.attempts >= spec_.attempts;
  message.outcome = is_used_up ? MessageOutcome::quarantined : MessageOutcome::failed;
  if (spec_.on_error == OnError::stop) {
    report_.was_stopped = report_.stops_run = true;
    if (!report_.error) report_.error = message.error;
  }
}

state::Ending LoopEngine::Impl::ending_of(InHand& message) {
  state::Ending ending;
  ending.entry = message.entry;
  ending.state = state_of(message.outcome);
  ending.attempts = message.attempts;
  if (ending.state == EntryState::finished) return ending;
  ending.reason = reason_of(message);
  ending.steps = std::move(message.held_back);
  keep_tail_steps(message, ending);
  ending.progress = message.progress;
  ending.keep_tail = message.keeps_tail || !message.earlier_tail.empty();
  return ending;
}

void LoopEngine::Impl::count(MessageOutcome outcome) {
  LoopCounts& counts = report_.counts;
  ++counts.examined;
  switch (outcome) {
    case MessageOutcome::finished:
      ++counts.finished;
      break;
    case MessageOutcome::skipped:
      ++counts.skipped;
      break;
    case MessageOutcome::failed:
      ++counts.failed;
      break;
    case MessageOutcome::quarantined:
      ++counts.quarantined;
      break;
    case MessageOutcome::uncertain:
      ++counts.uncertain;
      break;
    case MessageOutcome::already_done:
      ++counts.already_done;
      break;
    case MessageOutcome::busy_elsewhere:
      ++counts.busy_elsewhere;
      break;
    case MessageOutcome::gone:
      ++counts.gone;
      break;
  }
}

void LoopEngine::Impl::tell_end(const InHand& message) {
  MessageFinished finished;
  finished.message = message.facts(spec_.path, folder_->path());
  finished.outcome = message.outcome;
  finished.attempts = message.attempts;
  finished.error = message.error ? &*message.error : nullptr;
  finished.note = message.note;
  finished.is_news = true;
  context_.events.message_finished(finished);
}

void LoopEngine::Impl::end_now(std::unique_ptr<InHand> message) {
  Hand messages;
  messages.push_back(std::move(message));
  end_all(std::move(messages));
}

// One transaction for all, then the news. A message that another process took over is that one's to
// count.
void LoopEngine::Impl::end_all(Hand messages) {
  std::vector<state::Ending> endings;
  endings.reserve(messages.size());
  for (auto& message : messages) {
    let_go(message->entry);
    if (!message->is_lost) endings.push_back(ending_of(*message));
  }
  std::vector<state::EntryId> lost;
  if (!endings.empty()) lost = context_.ledger.end(context_.owner, endings, context_.clock.now());
  for (auto& message : messages) {
    if (message->is_lost || std::ranges::find(lost, message->entry) != lost.end()) {
      message->outcome = MessageOutcome::busy_elsewhere;
      message->error.reset();
      message->is_given_back = false;
    }
    if (message->is_given_back) {
      ++report_.counts.examined;
      ++report_.counts.released;
      continue;
    }
    count(message->outcome);
    tell_end(*message);
  }
}

Task<void> LoopEngine::Impl::flush_if_due() {
  if (queue_.empty()) co_return;
  bool is_full = queue_.size() >= context_.limits.tail_messages;
  bool is_old = context_.clock.now() - queue_.oldest() >= context_.limits.tail_age;
  if (is_full || is_old || !wants_more()) co_await flush();
}

Task<void> LoopEngine::Impl::flush() {
  if (queue_.empty()) co_return;
  Hand messages = queue_.take_all();
  try {
    co_await verify_copies(context_.store, messages, context_.limits.verify_ids);
    std::vector<state::TailIntent> intents;
    for (auto& message : messages) {
      if (message->error || !has_steps_to_do(*message)) continue;
      intents.push_back({message->entry, tail_text(message->tail), std::move(message->held_back),
                         message->progress});
    }
    if (!intents.empty()) {
      auto until = context_.clock.now() + context_.limits.lease;
      auto lost = context_.ledger.intend_tail(context_.owner, intents, until);
      for (auto& message : messages) {
        message->is_lost = std::ranges::find(lost, message->entry) != lost.end();
      }
    }
  } catch (...) {
    // Nothing was changed in the mailbox: as begun, they come back with their leases.
    for (const auto& message : messages) let_go(message->entry);
    broken_ = std::current_exception();
    throw;
  }

  std::exception_ptr thrown = co_await carry_out(*folder_, messages, context_.events);
  for (auto& message : messages) {
    if (message->is_lost || message->outcome == MessageOutcome::uncertain) continue;
    if (message->outcome == MessageOutcome::gone) {
      message->error.reset();
    } else if (message->error) {
      fail(*message);
    } else if (has_steps_to_do(*message)) {
      // Their set was under way when the session failed: whether it was made is seen by the next
      // run.
      message->outcome = MessageOutcome::busy_elsewhere;
      message->is_given_back = message->keeps_tail = true;
    }
  }
  try {
    end_all(std::move(messages));
  } catch (...) {
    broken_ = std::current_exception();
    throw;
  }
  if (thrown) {
    broken_ = thrown;
    std::rethrow_exception(thrown);
  }
}

}  // namespace postroom::flow
