#include <algorithm>

#include <fmt/format.h>

#include "flow/run/file_writer.hpp"
#include "flow/run/surroundings.hpp"
#include "net/task_group.hpp"
#include "session/session.hpp"

namespace postroom::flow {

using actions::Mutation;
using base::Error;
using base::ErrorKind;

Task<actions::SavedFile> RunSurroundings::save_file(
    actions::FileTarget target, std::function<Task<void>(base::ByteSink&)> fill) {
  co_await net::yield_turn();  // a message may have thousands of attachments: Ctrl-C ends them too
  co_return co_await flow::save_file(std::move(target), std::move(fill));
}

Task<void> RunSurroundings::mutate_now(actions::MailInHand& mail, Mutation mutation) {
  mailbox::Folder& folder = *mail.folder;
  mailbox::MessageSet set{mail.message->key};
  std::vector<mailbox::Outcome> outcomes;
  switch (mutation.verb) {
    case actions::Verb::change_status:
      outcomes =
          co_await folder.flagging()->set_flag(std::move(set), mutation.flag, mutation.is_set);
      break;
    case actions::Verb::move:
      outcomes = co_await folder.moving()->move(std::move(set), mutation.target);
      break;
    case actions::Verb::copy:
      outcomes = co_await folder.moving()->copy(std::move(set), mutation.target);
      break;
    case actions::Verb::remove:
      outcomes = co_await folder.remove(std::move(set), mutation.how);
      break;
  }
  for (const auto& outcome : outcomes) {
    if (outcome.error) throw *outcome.error;
    if (!outcome.note.empty()) note(outcome.note);
  }
}

Task<std::string> RunSurroundings::target_folder(session::Session& session, std::string target,
                                                 bool create) {
  auto known = targets_.find({session.name(), target});
  if (known != targets_.end()) co_return known->second;
  mailbox::Store& store = session.store();
  auto found = co_await store.folder(target);
  if (!found && create) {
    co_await store.create(target);
    found = co_await store.folder(target);
  }
  if (!found) {
    auto folders = co_await store.folders();
    Error error = missing_target(target, folders);
    throw error;
  }
  targets_.emplace(std::pair(session.name(), target), found->path);
  co_return found->path;
}

namespace {

// False when there is to be no other try, or the wait was cancelled: the message has certainly not
// gone, and that is what the caller has to say, not that nobody knows. `error` then says until when
// a server has asked for a pause that is too long to be waited for.
Task<bool> may_try_again(session::Session& session, Error& error) {
  if (!session::is_worth_another_try(error)) co_return false;
  try {
    co_await session.sending().wait_after(error);
  } catch (const Error& ended) {
    if (ended.kind() == ErrorKind::throttled) error = ended;
    co_return false;
  }
  co_return true;
}

}  // namespace

Task<mailbox::SendOutcome> RunSurroundings::send_with_retry(session::Session& session,
                                                            mailbox::Outgoing outgoing) {
  session.sending().progressed();  // each message has all the tries, whatever the one before met
  co_await session.sending().before_connecting();
  // The same object for each try: it keeps the Message-ID and date that were made up.
  std::vector<mailbox::Outgoing> group;
  group.push_back(std::move(outgoing));
  while (true) {
    group.front().body->rewind();
    mailbox::SendOutcome outcome;
    try {
      auto outcomes = co_await session.transport().send(group);
      outcome = std::move(outcomes.front());
    } catch (const Error& failed) {  // no connection
      if (failed.kind() != ErrorKind::throttled) throw;
      outcome.error = failed;
    }
    if (outcome.phase != mailbox::SendPhase::not_sent || !outcome.error) co_return outcome;
    if (!co_await may_try_again(session, *outcome.error)) co_return outcome;
  }
}

Task<actions::Sending> RunSurroundings::send(session::Session& session, mime::Draft draft,
                                             actions::SentCopy sent_copy) {
  auto body = mime::build(draft, clock_);
  mailbox::Outgoing outgoing{.from = draft.from.address, .body = body.get()};
  outgoing.on_waiting = [this](std::chrono::milliseconds waited) {
    note("the server has had the message for " + base::to_words(waited) +
         " and has not yet said that it takes it; waiting on (stopping now leaves it uncertain)");
  };
  for (const auto* list : {&draft.to, &draft.cc, &draft.bcc}) {
    for (const auto& recipient : *list) {
      if (std::ranges::find(outgoing.recipients, recipient.address) == outgoing.recipients.end()) {
        outgoing.recipients.push_back(recipient.address);
      }
    }
  }
  actions::Sending sending{.recipients = outgoing.recipients.size()};
  mailbox::SendOutcome outcome = co_await send_with_retry(session, std::move(outgoing));
  if (outcome.phase == mailbox::SendPhase::body_sent) {
    std::string why = outcome.error ? outcome.error->message() : std::string("no answer came");
    throw Error(
        ErrorKind::network, "send.uncertain",
        "the connection was lost after the message had been handed over: it may or may not have "
        "gone (" +
            why + ")",
        "look into the Sent folder or ask the recipient, then: postroom quarantine retry or drop");
  }
  if (outcome.phase == mailbox::SendPhase::not_sent) {
    if (outcome.error) throw *outcome.error;
    throw Error(ErrorKind::internal, "send.no_reason",
                "the message was not sent, and nothing says why");
  }
  sending.refused = std::move(outcome.refused);
  bool copy = sent_copy == actions::SentCopy::always ||
              (sent_copy == actions::SentCopy::automatic && !session.transport().files_sent_copy());
  if (copy) co_await file_sent_copy(session, *body);
  co_return sending;
}

// The message has gone: nothing that happens here may fail the step.
Task<void> RunSurroundings::file_sent_copy(session::Session& session, base::ByteSource& body) {
  try {
    mailbox::Store& store = session.store();
    auto sent = co_await store.folder("@sent");
    if (!sent || !store.can_append()) co_return;
    auto folder = co_await store.open(sent->path, mailbox::Access::read_write);
    if (auto* appending = folder->appending()) {
      body.rewind();
      mailbox::Flags flags{.seen = true};
      co_await appending->append(body, flags, clock_.now());
    }
  } catch (const Error& error) {
    note("sent, but no copy could be filed under Sent: " + error.message());
  }
}

}  // namespace postroom::flow
