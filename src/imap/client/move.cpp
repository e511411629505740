#include "imap/client/move.hpp"

#include <map>

#include "imap/client/uid_copy.hpp"
#include "imap/client/uid_expunge.hpp"
#include "imap/client/uid_move.hpp"
#include "imap/client/uid_store.hpp"

namespace postroom::imap {
namespace {

class Report {
 public:
  explicit Report(const UidSet& uids) {
    for (Uid uid : uids.uids())
      messages_.emplace_hint(messages_.end(), uid, MovedMessage{.uid = uid});
  }

  void set(const UidSet& uids, MoveFate fate, const std::optional<base::Error>& error = {}) {
    for (UidRange range : uids.ranges()) {
      for (auto at = messages_.lower_bound(range.first);
           at != messages_.end() && at->first <= range.last; ++at) {
        at->second.fate = fate;
        at->second.error = error;
      }
    }
  }

  void set_new(const CopyResult& copy) {
    uid_validity_ = copy.to_uid_validity;
    for (CopiedUid pair : copy.confirmed) messages_[pair.from].new_uid = pair.to;
  }

  MoveReport take() {
    MoveReport report{.target_uid_validity = uid_validity_};
    report.messages.reserve(messages_.size());
    for (auto& [uid, message] : messages_) report.messages.push_back(std::move(message));
    return report;
  }

 private:
  std::map<Uid, MovedMessage> messages_;
  std::uint32_t uid_validity_ = 0;
};

UidSet confirmed_of(const CopyResult& copy) {
  std::vector<Uid> uids;
  uids.reserve(copy.confirmed.size());
  for (CopiedUid pair : copy.confirmed) uids.push_back(pair.from);
  return UidSet(std::move(uids));
}

const std::vector<std::string> deleted_flag{"\\Deleted"};

// Behind a confirmed copy. Both commands in one write: UID EXPUNGE removes what carries \Deleted
// only, so a refused STORE leaves the messages there.
Task<void> remove_copied(Client& client, const UidSet& copied, Report& report) {
  if (copied.empty()) co_return;
  auto storing = uid_store(client, copied, FlagChange::add, deleted_flag);
  auto removing = uid_expunge(client, copied);
  SetResult stored = co_await storing.result();
  SetResult removed = co_await removing.result();
  report.set(copied, MoveFate::moved);
  report.set(removed.refused, MoveFate::not_removed, removed.refusal);
  report.set(stored.refused, MoveFate::not_removed, stored.refusal);
}

Task<void> flag_copied(Client& client, const UidSet& copied, Report& report) {
  if (copied.empty()) co_return;
  auto storing = uid_store(client, copied, FlagChange::add, deleted_flag);
  SetResult stored = co_await storing.result();
  report.set(stored.done, MoveFate::flagged);
  report.set(stored.refused, MoveFate::not_removed, stored.refusal);
}

Task<void> move_by_server(Client& client, const UidSet& uids, const MailboxName& target,
                          Report& report) {
  auto moving = uid_move(client, uids, target);
  CopyResult move = co_await moving.result();
  report.set_new(move);
  UidSet confirmed = confirmed_of(move);
  report.set(confirmed, MoveFate::moved);
  report.set(move.unconfirmed, MoveFate::moved);
  report.set(move.absent, MoveFate::absent);
  report.set(move.refused, MoveFate::not_copied, move.refusal);
}

Task<void> move_by_copy(Client& client, const UidSet& uids, const MailboxName& target,
                        Report& report) {
  bool can_remove = client.can("UIDPLUS");
  auto copying = uid_copy(client, uids, target);
  CopyResult copy = co_await copying.result();
  report.set_new(copy);
  report.set(copy.absent, MoveFate::absent);
  report.set(copy.refused, MoveFate::not_copied, copy.refusal);
  UidSet confirmed = confirmed_of(copy);
  if (can_remove) {
    co_await remove_copied(client, confirmed, report);
    co_await flag_copied(client, copy.unconfirmed, report);
  } else {
    confirmed.add(copy.unconfirmed);
    co_await flag_copied(client, confirmed, report);
  }
}

}  // namespace

bool moves_by_server(const Client& client) noexcept {
  return client.can("MOVE") && !client.quirks().no_move;
}

Task<MoveReport> safe_move(Client& client, const UidSet& uids, const MailboxName& target) {
  Report report(uids);
  if (uids.empty()) co_return report.take();
  if (moves_by_server(client)) {
    co_await move_by_server(client, uids, target, report);
  } else {
    co_await move_by_copy(client, uids, target, report);
  }
  co_return report.take();
}

}  // namespace postroom::imap
