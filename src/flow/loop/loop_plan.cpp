#include "flow/loop/identity.hpp"
#include "flow/loop/loop_engine_impl.hpp"

namespace postroom::flow {

using state::EntryState;

// What run would do with a message that stands so: finished stands for "it would run".
MessageOutcome LoopEngine::Impl::plan_standing(const state::Entry* entry) const {
  if (entry == nullptr) return MessageOutcome::finished;
  switch (entry->state) {
    case EntryState::finished:
      return spec_.again || !spec_.once ? MessageOutcome::finished : MessageOutcome::already_done;
    case EntryState::quarantined:
      return MessageOutcome::quarantined;
    case EntryState::uncertain:
      return MessageOutcome::uncertain;
    case EntryState::claimed:
    case EntryState::flushing: {
      bool is_dead = context_.is_dead && context_.is_dead(entry->owner);
      return entry->lease_until > context_.clock.now() && !is_dead ? MessageOutcome::busy_elsewhere
                                                                   : MessageOutcome::finished;
    }
    case EntryState::open:
    case EntryState::failed:
    case EntryState::gone:
      return MessageOutcome::finished;
  }
  return MessageOutcome::finished;
}

// The same order and the same body, with a journal that writes nothing.
Task<void> LoopEngine::Impl::plan_work(mailbox::Folder& folder, Messages messages) {
  std::vector<state::MessageName> names;
  for (const auto* message : messages) names.push_back(name_of(*message));
  auto standing = context_.ledger.standing(spec_.scope, names);
  for (std::size_t i = 0; i < messages.size() && wants_more(); ++i) {
    co_await throw_if_cancelled();
    mailbox::Message& message = *messages[i];
    state::Claim claim;
    claim.entry.name = names[i];
    if (standing[i]) claim.entry = *standing[i];
    auto in_hand = take_in_hand(message, claim);
    in_hand->outcome = plan_standing(standing[i] ? &*standing[i] : nullptr);
    bool is_twice = !names[i].identity.empty() && !planned_.insert(names[i].identity).second;
    if (is_twice) in_hand->outcome = MessageOutcome::already_done;
    if (in_hand->outcome != MessageOutcome::finished) {
      ++report_.counts.examined;
      switch (in_hand->outcome) {
        case MessageOutcome::quarantined:
          ++report_.counts.still_quarantined;
          break;
        case MessageOutcome::uncertain:
          ++report_.counts.still_uncertain;
          break;
        case MessageOutcome::busy_elsewhere:
          ++report_.counts.busy_elsewhere;
          break;
        default:
          ++(is_twice ? report_.counts.duplicates : report_.counts.already_done);
      }
      tell_end(*in_hand);
      continue;
    }
    if (claim.entry.has_steps && claim.entry.state != EntryState::finished) {
      in_hand->done = context_.ledger.steps_of(claim.entry.id);
    }
    ++runs_;
    if (auto refusal = refusal_of(claim)) {
      in_hand->error = std::move(*refusal);
      in_hand->outcome = MessageOutcome::quarantined;
    } else if (message.refusal) {
      in_hand->error = message.refusal;
      in_hand->outcome = MessageOutcome::failed;
    } else {
      tell_warnings(message);
      co_await plan_body(folder, message, *in_hand);
    }
    count(in_hand->outcome);
    tell_end(*in_hand);
    if (spec_.limit && runs_ >= *spec_.limit) report_.reached_limit = true;
  }
}

Task<void> LoopEngine::Impl::plan_body(mailbox::Folder& folder, mailbox::Message& message,
                                       InHand& in_hand) {
  context_.events.message_started(in_hand.facts(spec_.path, folder.path()));
  JournalParts parts = journal_parts(folder);
  MessageJournal journal(parts, in_hand);
  try {
    BodyResult result = co_await body_.run(message, folder, journal);
    if (result.end != BodyResult::End::done) in_hand.outcome = MessageOutcome::skipped;
    in_hand.note = std::move(result.note);
    if (result.stop != BodyResult::Stop::no) report_.was_stopped = true;
    if (result.stop == BodyResult::Stop::run) report_.stops_run = true;
  } catch (const base::Error& error) {
    if (may_end_loop(error)) throw;
    in_hand.error = error;
    in_hand.outcome = MessageOutcome::failed;
  }
}

}  // namespace postroom::flow
