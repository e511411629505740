#include "flow/loop/loop_engine.hpp"

#include <utility>

#include <boost/system/system_error.hpp>

#include "flow/loop/identity.hpp"
#include "flow/loop/loop_engine_impl.hpp"

namespace postroom::flow {
namespace {

using base::Error;
using base::ErrorKind;

// What was thrown, as an Error; nothing for what is not an exception of the library's kinds.
std::optional<Error> error_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    return error;
  } catch (const boost::system::system_error& error) {
    if (error.code() == boost::system::errc::operation_canceled) {
      return Error(ErrorKind::cancelled, "flow.cancelled", "cancelled");
    }
    return Error(ErrorKind::internal, "flow.internal", base::printable(error.what()));
  } catch (const std::exception& error) {
    return Error(ErrorKind::internal, "flow.internal", base::printable(error.what()),
                 "report this: it is a bug");
  } catch (...) {
    return std::nullopt;
  }
}

}  // namespace

std::string loop_scope(std::string_view flow_id, std::string_view loop_id,
                       std::string_view mailbox) {
  std::string scope;
  for (std::string_view part : {flow_id, loop_id, mailbox}) {
    if (!scope.empty()) scope += '/';
    for (char c : part) {
      if (c == '/' || c == '\\') scope += '\\';
      scope += c;
    }
  }
  return scope;
}

LoopEngine::LoopEngine(LoopContext context, LoopSpec spec, LoopBody& body)
    : impl_(std::make_unique<Impl>(std::move(context), std::move(spec), body)) {}

LoopEngine::~LoopEngine() = default;

Task<void> LoopEngine::run_folder(mailbox::Folder& folder) { return impl_->run_folder(folder); }

bool LoopEngine::wants_more() const noexcept { return impl_->wants_more(); }

LoopReport LoopEngine::finish() { return impl_->finish(); }

void LoopEngine::renew_leases() { impl_->renew_leases(); }

LoopEngine::Impl::Impl(LoopContext context, LoopSpec spec, LoopBody& body)
    : context_(std::move(context)),
      spec_(std::move(spec)),
      body_(body),
      prefixes_(spec_.step_hashes) {}

JournalParts LoopEngine::Impl::journal_parts(mailbox::Folder& folder) {
  return {spec_,           context_.limits, prefixes_,
          context_.ledger, context_.events, context_.clock,
          context_.owner,  folder.path(),   *this};
}

mailbox::Want LoopEngine::Impl::want() const {
  mailbox::Want want = spec_.want;
  want.envelope = true;  // messages are recognised by it
  return want;
}

LoopReport LoopEngine::Impl::finish() {
  if (!std::exchange(is_told_, true)) {
    context_.events.loop_finished({spec_.path, report_.counts, report_.was_stopped});
  }
  return report_;
}

Task<void> LoopEngine::Impl::throw_if_cancelled() {
  if (!context_.check_cancelled) co_return;
  Task<void> check = context_.check_cancelled();
  co_await std::move(check);
}

Task<void> LoopEngine::Impl::run_folder(mailbox::Folder& folder) {
  if (!wants_more()) co_return;
  folder_ = &folder;
  std::exception_ptr thrown;
  try {
    co_await list_until_numbered(folder);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (thrown) {
    Task<void> last = clean_up();
    if (context_.shield) {
      Task<void> shielded = context_.shield(std::move(last));
      co_await std::move(shielded);
    } else {
      co_await std::move(last);
    }
  }
  folder_ = nullptr;
  if (thrown) std::rethrow_exception(thrown);
}

// A folder that is renumbered under the listing is listed again: what this run ended is known by
// its Message-ID, and what was under way is found as after a crash.
Task<void> LoopEngine::Impl::list_until_numbered(mailbox::Folder& folder) {
  const LoopCounts before = report_.counts;
  for (int left = context_.limits.relistings;; --left) {
    std::optional<Error> renumbered;
    try {
      co_await list_folder(folder);
    } catch (const Error& error) {
      if (!is_renumbering(error) || left == 0 || spec_.mode == Mode::plan) throw;
      renumbered = error;
    }
    if (!renumbered) break;
    const std::string text = renumbered->message() + ": it is listed again";
    context_.events.note({.text = text});
    begin_again(before);
  }
  is_relisting_ = false;
}

// What is only passed by is seen again, and counted then.
void LoopEngine::Impl::begin_again(const LoopCounts& before) {
  Hand queued = queue_.take_all();  // nothing was changed for them yet: their keys are old
  for (auto& message : queued) {
    message->outcome = MessageOutcome::busy_elsewhere;
    message->is_given_back = true;
  }
  end_all(std::move(queued));
  release_held();
  LoopCounts& now = report_.counts;
  for (auto count :
       {&LoopCounts::already_done, &LoopCounts::busy_elsewhere, &LoopCounts::duplicates,
        &LoopCounts::still_quarantined, &LoopCounts::still_uncertain, &LoopCounts::released}) {
    now.examined -= now.*count - before.*count;
    now.*count = before.*count;
  }
  broken_ = nullptr;
  is_relisting_ = true;
}

Task<void> LoopEngine::Impl::list_folder(mailbox::Folder& folder) {
  if (spec_.mode == Mode::run) {
    sweep_uncertain();
    co_await recover(folder);
    if (!wants_more()) co_return;
  }
  mailbox::Query query = spec_.query;
  mailbox::Want wanted = want();
  auto cursor = co_await folder.find(std::move(query), std::move(wanted), spec_.order);
  context_.events.loop_started({spec_.path, folder.path(), cursor->remaining()});
  while (wants_more()) {
    auto* page = co_await cursor->next_page();
    if (page == nullptr) break;
    Messages messages;
    messages.reserve(page->size());
    for (auto& message : *page) messages.push_back(&message);
    co_await work(folder, std::move(messages));
    co_await flush();
  }
  recovered_.clear();
}

Task<void> LoopEngine::Impl::work(mailbox::Folder& folder, Messages messages) {
  if (spec_.mode == Mode::plan) {
    co_await plan_work(folder, std::move(messages));
    co_return;
  }
  std::vector<state::MessageName> names;
  names.reserve(messages.size());
  for (const auto* message : messages) names.push_back(name_of(*message));

  std::size_t at = 0;
  while (at < messages.size() && wants_more()) {
    auto claims = claim(std::span(names).subspan(at));
    for (auto& claim : claims) {
      mailbox::Message& message = *messages[at++];
      if (!wants_more()) break;
      if (claim.verdict == state::Verdict::claimed) {
        co_await work_on(folder, message, std::move(claim));
      } else {
        count_unclaimed(claim, message);
      }
    }
    release_held();
    if (claims.empty()) break;
  }
}

Task<void> LoopEngine::Impl::work_on(mailbox::Folder& folder, mailbox::Message& message,
                                     state::Claim claim) {
  co_await throw_if_cancelled();
  keep_leases();
  if (!held_.contains(claim.entry.id)) {  // lost while it waited for its turn
    ++report_.counts.examined;
    ++report_.counts.busy_elsewhere;
    co_return;
  }
  auto refusal = refusal_of(claim);
  auto in_hand = take_in_hand(message, std::move(claim));
  if (refusal) {
    in_hand->error = std::move(refusal);
    in_hand->outcome = MessageOutcome::quarantined;
    end_now(std::move(in_hand));
    co_return;
  }
  if (message.refusal) {  // counted, remembered, and tried again by the next run
    in_hand->error = *message.refusal;
    in_hand->error->set_transient(false);
    if (in_hand->subject.empty()) in_hand->subject = "message " + message.key.text;
    fail(*in_hand);
    end_now(std::move(in_hand));
    co_return;
  }
  ++runs_;
  tell_warnings(message);
  co_await run_body(folder, message, std::move(in_hand));
  if (spec_.limit && runs_ >= *spec_.limit) report_.reached_limit = true;
  co_await flush_if_due();
}

void LoopEngine::Impl::tell_warnings(const mailbox::Message& message) {
  for (const auto& warning : message.warnings) {
    ++report_.warnings;
    const std::string text = "\"" + base::printable(message.envelope.subject, 100) + "\" in " +
                             base::printable(folder_->path(), 200) + ": " +
                             base::printable(warning);
    context_.events.note({.level = Note::Level::warning, .text = text});
  }
}

bool LoopEngine::Impl::may_end_loop(const Error& error) const {
  return error.kind() == ErrorKind::cancelled || error.code().starts_with("state.") ||
         is_renumbering(error) || body_.ends_loop(error);
}

Task<void> LoopEngine::Impl::run_body(mailbox::Folder& folder, mailbox::Message& message,
                                      std::unique_ptr<InHand> in_hand) {
  context_.events.message_started(in_hand->facts(spec_.path, folder.path()));
  JournalParts parts = journal_parts(folder);
  MessageJournal journal(parts, *in_hand);
  BodyResult result;
  std::exception_ptr thrown;
  try {
    result = co_await body_.run(message, folder, journal);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) thrown = std::exchange(broken_, nullptr);  // the body may have swallowed it
  broken_ = nullptr;
  std::optional<Error> error = thrown ? error_of(thrown) : std::nullopt;
  if (thrown && !error) std::rethrow_exception(thrown);
  bool ends_loop = error && may_end_loop(*error);

  if (in_hand->is_lost) {
    in_hand->outcome = MessageOutcome::busy_elsewhere;
    in_hand->error.reset();
    end_now(std::move(in_hand));
  } else if (in_hand->outcome == MessageOutcome::uncertain) {
    end_now(std::move(in_hand));
  } else if (in_hand->intent) {
    // The ledger failed between the act and its record: the entry keeps its intent, the next run
    // says uncertain.
    let_go(in_hand->entry);
  } else if (ends_loop) {
    // Its steps so far are kept, and it costs no attempt.
    in_hand->outcome = MessageOutcome::busy_elsewhere;
    in_hand->error = std::move(error);
    in_hand->is_given_back = true;
    end_now(std::move(in_hand));
  } else if (error) {
    in_hand->error = std::move(error);
    fail(*in_hand);
    end_now(std::move(in_hand));
  } else {
    in_hand->note = std::move(result.note);
    bool is_skipped = result.end != BodyResult::End::done;
    in_hand->outcome = is_skipped ? MessageOutcome::skipped : MessageOutcome::finished;
    if (spec_.mark_read && result.end != BodyResult::End::skipped_unmarked) {
      QueuedStep read;  // sets the flag `seen`
      read.path = "mark_read";
      in_hand->tail.insert(in_hand->tail.begin(), std::move(read));
    }
    queue_.add(std::move(in_hand), context_.clock.now());
  }
  if (ends_loop) std::rethrow_exception(thrown);
  if (result.stop != BodyResult::Stop::no) report_.was_stopped = true;
  if (result.stop == BodyResult::Stop::run) report_.stops_run = true;
}

Task<void> LoopEngine::Impl::clean_up() {
  try {
    co_await flush();
  } catch (...) {
    // The first failure is the one that is told; what was not flushed is in the ledger as begun.
  }
  try {
    release_held();
  } catch (...) {
    // They come free when their lease ends.
  }
}

}  // namespace postroom::flow
