// TailQueue: messages whose body is done, until the changes that they queued are made, as sets.
// Internal to flow/loop.
//
// Does not know: the ledger's states (the engine ends what comes out).
#pragma once

#include <exception>
#include <memory>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "flow/loop/in_hand.hpp"
#include "flow/loop/loop_body.hpp"
#include "mailbox/store.hpp"

namespace postroom::flow {

class TailQueue {
 public:
  void add(std::unique_ptr<InHand> message, base::Instant now);
  bool empty() const noexcept { return messages_.empty(); }
  std::size_t size() const noexcept { return messages_.size(); }
  bool contains(state::EntryId entry) const noexcept { return entries_.contains(entry); }
  base::Instant oldest() const noexcept { return oldest_; }
  std::vector<std::unique_ptr<InHand>> take_all();

 private:
  std::vector<std::unique_ptr<InHand>> messages_;
  std::unordered_set<state::EntryId> entries_;
  base::Instant oldest_{};
};

// The folder's keys are old: not the message's fault, and nobody's but the server's.
bool is_renumbering(const base::Error& error) noexcept;

using Hand = std::vector<std::unique_ptr<InHand>>;

// Carries out the queued steps of `messages`, step by step, one set per verb and target. Whatever
// fails a message is in its `error`, and its later steps are left out. A session that fails ends
// it: the exception is returned, and messages with steps that are not done and no error are those
// whose fate nobody knows.
Task<std::exception_ptr> carry_out(mailbox::Folder& folder, Hand& messages, RunEvents& events);

// Copies that an earlier, interrupted flush may have made are looked for in their targets: found
// ones count as done; a message that cannot be looked for (no Message-ID) becomes uncertain.
Task<void> verify_copies(mailbox::Store& store, Hand& messages, std::size_t ids_per_search);

}  // namespace postroom::flow
