#include <algorithm>

#include "flow/loop/loop_engine_impl.hpp"

namespace postroom::flow {

using base::Error;
using base::ErrorKind;
using state::Verdict;

state::ClaimTerms LoopEngine::Impl::terms() const {
  state::ClaimTerms terms;
  terms.scope = spec_.scope;
  terms.folder = folder_->path();
  terms.owner = context_.owner;
  terms.run = context_.run;
  terms.now = context_.clock.now();
  terms.lease_until = terms.now + context_.limits.lease;
  terms.reopen_finished = spec_.again || !spec_.once;
  terms.is_dead = context_.is_dead;
  terms.most = context_.limits.claim_chunk;
  if (spec_.limit)
    terms.most = std::min<std::uint64_t>(terms.most, *spec_.limit - std::min(*spec_.limit, runs_));
  return terms;
}

std::vector<state::Claim> LoopEngine::Impl::claim(std::span<const state::MessageName> names) {
  auto now_terms = terms();
  if (now_terms.most == 0) {  // limit: 0
    report_.reached_limit = true;
    return {};
  }
  auto claims =
      context_.ledger.claim(now_terms, names.subspan(0, std::min(names.size(), std::size_t{1000})));
  for (const auto& claim : claims) {
    if (claim.verdict != Verdict::claimed) continue;
    if (held_.empty()) lease_end_ = now_terms.lease_until;
    held_.insert(claim.entry.id);
  }
  return claims;
}

void LoopEngine::Impl::count_unclaimed(const state::Claim& claim, const mailbox::Message& message) {
  LoopCounts& counts = report_.counts;
  MessageOutcome outcome = MessageOutcome::already_done;
  switch (claim.verdict) {
    case Verdict::claimed:
      return;
    case Verdict::seen_this_run:
      // Counted when it was worked on.
      if (is_relisting_ || recovered_.contains(message.key.text)) return;
      ++counts.duplicates;
      break;
    case Verdict::finished:
      ++counts.already_done;
      break;
    case Verdict::busy:
      ++counts.busy_elsewhere;
      outcome = MessageOutcome::busy_elsewhere;
      break;
    case Verdict::quarantined:
      ++counts.still_quarantined;
      outcome = MessageOutcome::quarantined;
      break;
    case Verdict::uncertain:
      ++counts.still_uncertain;
      outcome = MessageOutcome::uncertain;
      break;
    case Verdict::became_uncertain:
      ++counts.uncertain;
      outcome = MessageOutcome::uncertain;
      break;
  }
  ++counts.examined;
  MessageFinished finished;
  std::string_view from =
      message.envelope.from.empty() ? std::string_view() : message.envelope.from.front().address;
  finished.message = {spec_.path,
                      folder_->path(),
                      message.key.text,
                      message.envelope.message_id,
                      message.envelope.subject,
                      from};
  finished.outcome = outcome;
  finished.attempts = claim.entry.attempts;
  finished.note = claim.entry.reason.text;
  finished.is_news = claim.verdict == Verdict::became_uncertain;
  context_.events.message_finished(finished);
}

std::unique_ptr<InHand> LoopEngine::Impl::take_in_hand(const mailbox::Message& message,
                                                       state::Claim claim) const {
  auto in_hand = std::make_unique<InHand>();
  in_hand->entry = claim.entry.id;
  in_hand->name = std::move(claim.entry.name);
  in_hand->name.key = message.key.text;
  in_hand->subject = message.envelope.subject;
  if (!message.envelope.from.empty()) in_hand->from = message.envelope.from.front().address;
  in_hand->attempts = claim.entry.attempts;
  in_hand->is_resumed = claim.entry.has_progress;
  in_hand->done = std::move(claim.steps);
  in_hand->progress = {claim.entry.reached, prefixes_.at(claim.entry.reached)};
  if (claim.entry.was_flushing) in_hand->earlier_tail = read_tail(claim.entry.tail);
  return in_hand;
}

// Why a claimed message must not be run, if so.
std::optional<Error> LoopEngine::Impl::refusal_of(const state::Claim& claim) const {
  const auto& entry = claim.entry;
  if (entry.crashes >= context_.limits.crashes) {
    return Error(ErrorKind::internal, "flow.crashed",
                 "the program ended " + std::to_string(entry.crashes) +
                     " times while it worked on this message",
                 "look at the message, then `postroom quarantine retry` or `drop` it");
  }
  // No prefix: a person has looked at the change and said `retry`.
  bool was_changed = !entry.prefix.empty() && prefixes_.at(entry.reached) != entry.prefix;
  if (entry.has_progress && entry.reached >= 0 && was_changed) {
    return Error(
        ErrorKind::config, "flow.changed",
        "the flow's steps changed after this message was begun, up to step " +
            std::to_string(entry.reached + 1),
        "`postroom quarantine retry` begins it again where it was, `drop` leaves it as it is");
  }
  return std::nullopt;
}

void LoopEngine::Impl::release_held() {
  if (held_.size() <= queue_.size()) return;  // each queued message is held
  std::vector<state::EntryId> unused(held_.begin(), held_.end());
  std::erase_if(unused, [this](state::EntryId entry) { return queue_.contains(entry); });
  report_.counts.released += unused.size();
  report_.counts.examined += unused.size();
  for (state::EntryId entry : unused) let_go(entry);
  context_.ledger.release(context_.owner, unused, context_.clock.now());
}

void LoopEngine::Impl::renew_leases() {
  if (held_.empty()) return;
  std::vector<state::EntryId> entries(held_.begin(), held_.end());
  auto until = context_.clock.now() + context_.limits.lease;
  auto lost = context_.ledger.renew(context_.owner, entries, until);
  lease_end_ = until;
  for (state::EntryId entry : lost) {
    if (!queue_.contains(entry)) let_go(entry);  // a queued one is told at the flush
  }
}

void LoopEngine::Impl::keep_leases() {
  if (context_.clock.now() + context_.limits.renew_before >= lease_end_) renew_leases();
}

}  // namespace postroom::flow
