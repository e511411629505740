#include <algorithm>
#include <utility>

#include "flow/loop/identity.hpp"
#include "flow/loop/loop_engine_impl.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;
using state::Entry;
using state::EntryState;

bool is_same(const Entry& entry, const state::MessageName& name) {
  if (entry.name.key == name.key) return true;
  return !name.identity.empty() && entry.name.identity == name.identity;
}

MessageOutcome outcome_of(EntryState state) {
  if (state == EntryState::finished) return MessageOutcome::finished;
  return state == EntryState::uncertain ? MessageOutcome::uncertain : MessageOutcome::gone;
}

// What a half-done message is that is no longer in its folder.
state::Ending ending_of_missing(const Entry& entry) {
  state::Ending ending;
  ending.entry = entry.id;
  ending.state = EntryState::gone;
  ending.reason.code = "flow.gone";
  ending.reason.text = "it was begun, and is no longer in " + entry.folder;
  auto tail = read_tail(entry.tail);
  auto is_copy = [](const QueuedStep& queued) { return queued.step.verb == TailVerb::copy; };
  if (!tail.empty() && tail.back().step.takes_away()) {
    // Steps come before the one that takes it away, and it is away.
    ending.state = EntryState::finished;
    ending.reason = {};
  } else if (std::ranges::any_of(tail, is_copy)) {
    ending.state = EntryState::uncertain;
    ending.reason.code = "flow.uncertain";
    ending.reason.text += "; it may or may not have been copied";
  }
  return ending;
}

}  // namespace

// Effects that were under way when a process died: said once, wherever the message is now.
void LoopEngine::Impl::sweep_uncertain() {
  if (std::exchange(is_swept_, true)) return;
  auto claims = context_.ledger.sweep_uncertain(terms());
  for (const auto& claim : claims) {
    Error error(ErrorKind::refused, claim.entry.reason.code, claim.entry.reason.text,
                "look whether it did, then `postroom quarantine retry` or `drop` this message");
    MessageFinished finished;
    const auto& name = claim.entry.name;
    finished.message = {spec_.path,      claim.entry.folder,       name.key,
                        name.message_id, claim.entry.reason.about, {}};
    finished.outcome = MessageOutcome::uncertain;
    finished.attempts = claim.entry.attempts;
    finished.error = &error;
    finished.is_news = true;
    count(MessageOutcome::uncertain);
    recovered_.insert(name.key);
    context_.events.message_finished(finished);
  }
}

Task<void> LoopEngine::Impl::recover(mailbox::Folder& folder) {
  auto missing = context_.ledger.half_done(terms());
  if (missing.empty()) co_return;
  bool all_have_ids =
      std::ranges::none_of(missing, [](const Entry& e) { return e.name.message_id.empty(); });
  if (!all_have_ids) {
    co_await look_for(folder, missing, mailbox::Query::everything());
  } else {
    std::vector<std::string> ids;
    for (const auto& entry : missing) ids.push_back(entry.name.message_id);
    for (std::size_t at = 0; at < ids.size() && wants_more(); at += context_.limits.recovery_ids) {
      auto end = std::min(ids.size(), at + context_.limits.recovery_ids);
      mailbox::TextTest test{
          mailbox::TextField::header, "Message-ID", mailbox::Comparison::contains, {}, false};
      test.wanted.assign(ids.begin() + static_cast<std::ptrdiff_t>(at),
                         ids.begin() + static_cast<std::ptrdiff_t>(end));
      mailbox::Query query{std::move(test)};
      co_await look_for(folder, missing, std::move(query));
    }
  }
  co_await flush();
  if (wants_more()) settle_missing(missing);
}

// Works on those of `missing` that are found, and takes them out of it.
Task<void> LoopEngine::Impl::look_for(mailbox::Folder& folder, std::vector<Entry>& missing,
                                      mailbox::Query query) {
  mailbox::Want wanted = want();
  auto cursor = co_await folder.find(std::move(query), std::move(wanted), spec_.order);
  while (wants_more()) {
    auto* page = co_await cursor->next_page();
    if (page == nullptr) break;
    Messages found;
    for (auto& message : *page) {
      auto name = name_of(message);
      auto matches = [&](const Entry& entry) { return is_same(entry, name); };
      if (std::ranges::none_of(missing, matches)) continue;
      std::erase_if(missing, matches);
      found.push_back(&message);
      recovered_.insert(name.key);
    }
    co_await work(folder, std::move(found));
    co_await flush();
  }
}

void LoopEngine::Impl::settle_missing(const std::vector<Entry>& missing) {
  if (missing.empty()) return;
  std::vector<state::Ending> endings;
  for (const auto& entry : missing) endings.push_back(ending_of_missing(entry));
  auto changed = context_.ledger.settle(terms(), endings);
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (!changed[i]) continue;
    MessageFinished finished;
    const auto& name = missing[i].name;
    finished.message = {spec_.path,      folder_->path(),         name.key,
                        name.message_id, missing[i].reason.about, {}};
    finished.outcome = outcome_of(endings[i].state);
    finished.attempts = missing[i].attempts;
    finished.note = endings[i].reason.text;
    finished.is_news = true;
    count(finished.outcome);
    context_.events.message_finished(finished);
  }
}

}  // namespace postroom::flow
