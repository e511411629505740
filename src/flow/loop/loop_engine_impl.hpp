// The engine's inside. Internal to flow/loop: loop_engine.cpp (folders and messages),
// loop_claims.cpp (who works on what), loop_endings.cpp (flush and outcomes), loop_recovery.cpp
// (what earlier runs left), loop_plan.cpp.
#pragma once

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "flow/loop/loop_engine.hpp"
#include "flow/loop/message_journal.hpp"
#include "flow/loop/tail_queue.hpp"

namespace postroom::flow {

class LoopEngine::Impl final : public TailFlusher {
 public:
  Impl(LoopContext context, LoopSpec spec, LoopBody& body);

  Task<void> run_folder(mailbox::Folder& folder);
  LoopReport finish();
  bool wants_more() const noexcept { return !report_.was_stopped && !report_.reached_limit; }
  void renew_leases();
  Task<void> flush() override;

 private:
  using Messages = std::vector<mailbox::Message*>;

  // loop_engine.cpp
  Task<void> list_until_numbered(mailbox::Folder& folder);
  Task<void> list_folder(mailbox::Folder& folder);
  void begin_again(const LoopCounts& before);
  void tell_warnings(const mailbox::Message& message);
  Task<void> work(mailbox::Folder& folder, Messages messages);
  Task<void> work_on(mailbox::Folder& folder, mailbox::Message& message, state::Claim claim);
  Task<void> run_body(mailbox::Folder& folder, mailbox::Message& message,
                      std::unique_ptr<InHand> in_hand);
  Task<void> clean_up();
  Task<void> throw_if_cancelled();
  JournalParts journal_parts(mailbox::Folder& folder);
  mailbox::Want want() const;
  bool may_end_loop(const base::Error& error) const;

  // loop_claims.cpp
  state::ClaimTerms terms() const;
  std::vector<state::Claim> claim(std::span<const state::MessageName> names);
  void count_unclaimed(const state::Claim& claim, const mailbox::Message& message);
  void let_go(state::EntryId entry) { held_.erase(entry); }
  void release_held();
  void keep_leases();
  std::unique_ptr<InHand> take_in_hand(const mailbox::Message& message, state::Claim claim) const;
  std::optional<base::Error> refusal_of(const state::Claim& claim) const;

  // loop_endings.cpp
  Task<void> flush_if_due();
  void end_now(std::unique_ptr<InHand> message);
  void end_all(Hand messages);
  state::Ending ending_of(InHand& message);
  void fail(InHand& message);
  void tell_end(const InHand& message);
  void count(MessageOutcome outcome);

  // loop_recovery.cpp
  void sweep_uncertain();
  Task<void> recover(mailbox::Folder& folder);
  Task<void> look_for(mailbox::Folder& folder, std::vector<state::Entry>& missing,
                      mailbox::Query query);
  void settle_missing(const std::vector<state::Entry>& missing);

  // loop_plan.cpp
  Task<void> plan_work(mailbox::Folder& folder, Messages messages);
  Task<void> plan_body(mailbox::Folder& folder, mailbox::Message& message, InHand& in_hand);
  MessageOutcome plan_standing(const state::Entry* entry) const;

  LoopContext context_;
  LoopSpec spec_;
  LoopBody& body_;
  StepPrefixes prefixes_;
  LoopReport report_;
  std::uint64_t runs_ = 0;  // of the body: what `limit` counts

  mailbox::Folder* folder_ = nullptr;  // now
  TailQueue queue_;
  std::unordered_set<state::EntryId> held_;       // claimed and not ended
  base::Instant lease_end_{};                     // the earliest of those held
  std::set<std::string, std::less<>> recovered_;  // keys worked on before the listing
  std::set<std::string, std::less<>> planned_;    // identities seen by this plan
  std::exception_ptr broken_;  // a flush inside a body failed: the session is gone
  bool is_swept_ = false;
  bool is_relisting_ = false;  // what this run ended is seen again
  bool is_told_ = false;
};

}  // namespace postroom::flow
