#include "flow/loop/tail_queue.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "flow/loop/identity.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;
using mailbox::MessageSet;
using mailbox::Outcome;

struct Group {
  TailStep step;
  std::vector<InHand*> messages;
};

bool may_go_on(const InHand& message) { return !message.error && !message.is_lost; }

// Those whose step number `level` is still to be done, by step, in the order of their first
// message.
std::vector<Group> groups_of(const Hand& messages, std::size_t level) {
  std::vector<Group> groups;
  for (const auto& message : messages) {
    if (!may_go_on(*message) || level >= message->tail.size() || message->tail[level].is_done)
      continue;
    const TailStep& step = message->tail[level].step;
    auto group = std::ranges::find(groups, step, &Group::step);
    if (group == groups.end()) group = groups.insert(groups.end(), Group{step, {}});
    group->messages.push_back(message.get());
  }
  return groups;
}

Error cannot(const TailStep& step) {
  return {ErrorKind::unsupported,
          step.verb == TailVerb::set_flag ? "store.no_flags" : "store.no_moving",
          step.verb == TailVerb::set_flag ? "this mailbox cannot change a message's status"
                                          : "this mailbox cannot move or copy messages",
          "leave this step out for this kind of connection"};
}

Task<std::vector<Outcome>> make_change(mailbox::Folder& folder, const TailStep& step,
                                       MessageSet set) {
  switch (step.verb) {
    case TailVerb::set_flag:
      if (auto* flagging = folder.flagging()) {
        co_return co_await flagging->set_flag(std::move(set), step.flag, step.is_set);
      }
      throw cannot(step);
    case TailVerb::move:
      if (auto* moving = folder.moving())
        co_return co_await moving->move(std::move(set), step.target);
      throw cannot(step);
    case TailVerb::copy:
      if (auto* moving = folder.moving())
        co_return co_await moving->copy(std::move(set), step.target);
      throw cannot(step);
    case TailVerb::remove:
      co_return co_await folder.remove(std::move(set), step.how);
  }
  co_return std::vector<Outcome>{};
}

// Errors about what was asked, not about the session: they fail the set's messages.
bool is_about_the_set(const Error& error) {
  if (is_renumbering(error)) return false;
  switch (error.kind()) {
    case ErrorKind::refused:
    case ErrorKind::not_found:
    case ErrorKind::unsupported:
    case ErrorKind::config:
      return true;
    default:
      return false;
  }
}

void take_outcomes(mailbox::Folder& folder, Group& group, std::size_t level,
                   std::vector<Outcome> outcomes, RunEvents& events) {
  std::unordered_map<std::string_view, Outcome*> by_key;
  for (auto& outcome : outcomes) by_key.emplace(outcome.key.text, &outcome);
  std::string target = target_of(group.step);
  for (InHand* message : group.messages) {
    auto found = by_key.find(message->name.key);
    if (found == by_key.end()) {
      message->error =
          Error(ErrorKind::internal, "flow.no_outcome", "the mailbox did not say what became of it",
                "run again; report it if it stays so");
      continue;
    }
    Outcome& outcome = *found->second;
    if (!outcome.note.empty()) message->note = outcome.note;
    if (outcome.error) {
      message->error = std::move(outcome.error);
      if (message->error->code() == "message.gone") message->outcome = MessageOutcome::gone;
      continue;
    }
    message->tail[level].is_done = true;
    events.mailbox_changed(
        {folder.path(), verb_of(group.step), target, message->name.key,
         outcome.new_key ? std::string_view(outcome.new_key->text) : std::string_view(),
         message->name.message_id});
  }
}

// The identities of `names` that are in `target`.
Task<std::set<std::string>> found_in(mailbox::Store& store, std::string target,
                                     std::vector<state::MessageName> names,
                                     std::size_t ids_per_search) {
  std::set<std::string> found;
  auto folder = co_await store.open(std::move(target), mailbox::Access::read_only);
  for (std::size_t at = 0; at < names.size(); at += ids_per_search) {
    mailbox::TextTest test{
        mailbox::TextField::header, "Message-ID", mailbox::Comparison::contains, {}, false};
    for (std::size_t i = at; i < std::min(names.size(), at + ids_per_search); ++i) {
      test.wanted.push_back(names[i].message_id);
    }
    mailbox::Query query{std::move(test)};
    mailbox::Want want;
    want.envelope = true;
    auto cursor =
        co_await folder->find(std::move(query), std::move(want), mailbox::Order::oldest_first);
    while (auto* page = co_await cursor->next_page()) {
      for (const auto& message : *page) found.insert(fingerprint(message.envelope));
    }
  }
  co_return found;
}

bool may_have_been_made(const InHand& message, const QueuedStep& queued) {
  if (queued.step.verb != TailVerb::copy || queued.is_done) return false;
  return std::ranges::any_of(message.earlier_tail, [&](const QueuedStep& earlier) {
    return earlier.path == queued.path && earlier.step.verb == TailVerb::copy &&
           earlier.step.target == queued.step.target;
  });
}

}  // namespace

bool is_renumbering(const Error& error) noexcept { return error.code() == "folder.renumbered"; }

void TailQueue::add(std::unique_ptr<InHand> message, base::Instant now) {
  if (messages_.empty()) oldest_ = now;
  entries_.insert(message->entry);
  messages_.push_back(std::move(message));
}

Hand TailQueue::take_all() {
  entries_.clear();
  return std::exchange(messages_, {});
}

Task<std::exception_ptr> carry_out(mailbox::Folder& folder, Hand& messages, RunEvents& events) {
  std::size_t levels = 0;
  for (const auto& message : messages) levels = std::max(levels, message->tail.size());
  for (std::size_t level = 0; level < levels; ++level) {
    auto groups = groups_of(messages, level);
    for (auto& group : groups) {
      MessageSet set;
      set.reserve(group.messages.size());
      for (const InHand* message : group.messages) set.push_back({message->name.key});
      std::exception_ptr thrown;
      std::optional<Error> refused;
      std::vector<Outcome> outcomes;
      try {
        outcomes = co_await make_change(folder, group.step, std::move(set));
      } catch (const Error& error) {
        if (is_about_the_set(error)) {
          refused = error;
        } else {
          thrown = std::current_exception();
        }
      } catch (...) {
        thrown = std::current_exception();
      }
      if (thrown) co_return thrown;
      if (refused) {
        for (InHand* message : group.messages) message->error = refused;
      } else {
        take_outcomes(folder, group, level, std::move(outcomes), events);
      }
    }
  }
  co_return nullptr;
}

Task<void> verify_copies(mailbox::Store& store, Hand& messages, std::size_t ids_per_search) {
  struct Doubt {
    InHand* message;
    QueuedStep* step;
  };
  std::map<std::string, std::vector<Doubt>> by_target;
  for (const auto& message : messages) {
    if (message->earlier_tail.empty() || !may_go_on(*message)) continue;
    for (auto& queued : message->tail) {
      if (!may_have_been_made(*message, queued)) continue;
      if (message->name.identity.empty()) {
        message->outcome = MessageOutcome::uncertain;
        message->error = Error(
            ErrorKind::refused, "flow.uncertain",
            "it may or may not have been copied to " + queued.step.target +
                ": the program ended meanwhile, and without a Message-ID it cannot be found there",
            "look whether it is there, then `postroom quarantine retry` or `drop` this message");
        break;
      }
      by_target[queued.step.target].push_back({message.get(), &queued});
    }
  }
  for (auto& [target, doubts] : by_target) {
    std::vector<state::MessageName> names;
    for (const auto& doubt : doubts) names.push_back(doubt.message->name);
    auto found = co_await found_in(store, target, std::move(names), ids_per_search);
    for (auto& doubt : doubts) {
      if (found.contains(doubt.message->name.identity)) doubt.step->is_done = true;
    }
  }
}

}  // namespace postroom::flow
