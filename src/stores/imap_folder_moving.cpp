// Moving and copying, and what deleting means where folders are labels. What a lost connection
// leaves in doubt is asked of the server: is it still here, has it come there?
#include <algorithm>
#include <functional>
#include <map>

#include "imap/client/commands.hpp"
#include "stores/imap_folder.hpp"
#include "stores/store_errors.hpp"

namespace postroom::stores {
namespace {

using base::Task;
using mailbox::MessageSet;
using mailbox::Outcome;

constexpr std::uint64_t arrivals_at_most = 5'000;  // looked at in a target, beside those of the set

constexpr const char* kept_flagged =
    "copied; the server cannot remove single messages: it stays in its folder, flagged as deleted";
constexpr const char* answer_lost =
    "the connection was lost before the server's answer; the message is no longer in its folder";

base::Error move_doubtful(const std::string& from, const std::string& to) {
  base::Error error(base::ErrorKind::refused, "message.move_unknown",
                    "the connection was lost while the message was moved: it is no longer in \"" +
                        base::printable(from, 200) + "\" and was not found in \"" +
                        base::printable(to, 200) + "\"",
                    "look for it there and in the trash: another program may have moved it");
  return error.set_session_usable(true);
}

}  // namespace

Task<std::vector<Outcome>> ImapFolder::move(MessageSet set, std::string target) {
  std::function<Task<ImapPlace>()> once = [&] { return folder_.connection.need(target); };
  auto finding = folder_.connection.persist(std::move(once));
  ImapPlace place = co_await std::move(finding);
  auto moving = move_to(std::move(set), std::move(place));
  co_return co_await std::move(moving);
}

// Where folders are labels, every message is in "All Mail" as long as it exists (Gmail).
std::string ImapFolder::label_note(const ImapPlace& target) {
  const bool leaves_all_mail =
      target.info.role == mailbox::Role::trash || target.info.role == mailbox::Role::junk;
  if (!folder_.connection.has_labels() || folder_.role != mailbox::Role::all || leaves_all_mail)
    return {};
  return "it is in \"" + base::printable(target.info.path, 200) + "\" now, and stays in \"" +
         base::printable(folder_.path, 200) + "\" as well: this server keeps every message there";
}

Task<std::vector<Outcome>> ImapFolder::move_to(MessageSet set, ImapPlace target) {
  Change change{.set = std::move(set), .target = std::move(target)};
  change.note = label_note(change.target);
  std::function<Task<bool>()> once = [&] { return move_once(change); };
  auto moving = folder_.connection.persist(std::move(once));
  co_await std::move(moving);
  for (Outcome& outcome : change.named.outcomes) {
    if (!outcome.error && outcome.note.empty()) outcome.note = change.note;
  }
  co_return std::move(change.named.outcomes);
}

Task<bool> ImapFolder::move_once(Change& change) {
  Named& named = change.named;
  co_await name(change.set, named);
  if (change.target.name == folder_.name) {
    for (Outcome& outcome : named.outcomes) {
      if (!outcome.error) outcome.new_key = outcome.key;
    }
    co_return true;
  }
  if (change.is_begun) co_await find_out_moved(change);
  if (named.left.empty()) co_return true;
  if (!change.is_begun && folder_.connection.can_recover())
    change.mark = co_await mark_of(client(), change.target.name);
  change.is_begun = true;
  const imap::MoveReport report =
      co_await imap::safe_move(client(), named.left, change.target.name);
  const std::string numbering = std::to_string(report.target_uid_validity);
  std::map<imap::Uid, const imap::MovedMessage*> by_uid;
  for (const imap::MovedMessage& message : report.messages) by_uid[message.uid] = &message;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const auto found = by_uid.find(named.uids[i]);
    if (outcome.error || found == by_uid.end()) continue;
    const imap::MovedMessage& moved = *found->second;
    if (moved.new_uid)
      outcome.new_key = imap_key(change.target.info.path, numbering, *moved.new_uid);
    outcome.error = moved.error;
    if (moved.fate == imap::MoveFate::flagged) outcome.note = kept_flagged;
    if (moved.fate == imap::MoveFate::not_removed)
      outcome.note = "copied, but it is still in its folder, too";
    if (moved.fate == imap::MoveFate::absent) outcome.error = message_gone();
  }
  obey_pauses(change);
  co_return true;
}

// Those that are no longer here were moved, if they are there; those that are here and there were
// copied, and are removed; the others are left to be moved.
Task<void> ImapFolder::find_out_moved(Change& change) {
  Named& named = change.named;
  std::map<imap::Uid, MailSign> here = co_await signs_of(client(), named.left);
  const std::uint64_t most = arrivals_at_most + 2 * named.left.size();
  Arrivals there = co_await arrivals_in(folder_.connection, change.target.name, change.mark, most);
  const std::string numbering = std::to_string(there.uid_validity);
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
  imap::UidSet left, arrived;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.error || !named.left.contains(uid)) continue;
    const auto still = here.find(uid);
    const std::string id = folder_.recent->find(uid);
    std::optional<imap::Uid> new_uid;
    if (still == here.end() && !id.empty()) new_uid = there.take(sign_of_id(id));
    if (still != here.end() && there.is_known) new_uid = there.take(still->second);
    if (new_uid) outcome.new_key = imap_key(change.target.info.path, numbering, *new_uid);
    if (still != here.end()) {
      (new_uid ? arrived : left).add(uid);
    } else if (!new_uid) {
      if (id.empty() || !there.is_known) {
        outcome.note = answer_lost;
      } else {
        outcome.error = move_doubtful(folder_.path, change.target.info.path);
      }
    }
  }
  if (!arrived.empty()) co_await remove_arrived(change, std::move(arrived));
  named.left = std::move(left);
}

Task<void> ImapFolder::remove_arrived(Change& change, imap::UidSet arrived) {
  const bool can_expunge = client().can("UIDPLUS") || client().can("IMAP4rev2");
  const std::vector<std::string> deleted{"\\Deleted"};
  auto storing = imap::uid_store(client(), arrived, imap::FlagChange::add, deleted);
  std::optional<imap::Command<imap::SetExchange>> expunging;
  if (can_expunge) expunging.emplace(imap::uid_expunge(client(), arrived));
  imap::SetResult result = co_await storing.result();
  if (can_expunge) result = co_await expunging->result();
  Named& named = change.named;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    if (named.outcomes[i].error || !arrived.contains(named.uids[i])) continue;
    if (!can_expunge) named.outcomes[i].note = kept_flagged;
    if (!result.refused.contains(named.uids[i])) continue;
    named.outcomes[i].note = "copied, but it is still in its folder, too";
    named.outcomes[i].error = result.refusal;
  }
}

Task<std::vector<Outcome>> ImapFolder::copy(MessageSet set, std::string target) {
  std::function<Task<ImapPlace>()> find = [&] { return folder_.connection.need(target); };
  auto finding = folder_.connection.persist(std::move(find));
  Change change{.set = std::move(set)};
  change.target = co_await std::move(finding);
  std::function<Task<bool>()> once = [&] { return copy_once(change); };
  auto copying = folder_.connection.persist(std::move(once));
  co_await std::move(copying);
  co_return std::move(change.named.outcomes);
}

Task<bool> ImapFolder::copy_once(Change& change) {
  Named& named = change.named;
  co_await name(change.set, named);
  if (change.is_begun) co_await find_out_copied(change);
  if (named.left.empty()) co_return true;
  if (!change.is_begun && folder_.connection.can_recover())
    change.mark = co_await mark_of(client(), change.target.name);
  change.is_begun = true;
  auto copying = imap::uid_copy(client(), named.left, change.target.name);
  const imap::CopyResult result = co_await copying.result();
  const std::string numbering = std::to_string(result.to_uid_validity);
  std::map<imap::Uid, imap::Uid> confirmed;
  for (const imap::CopiedUid& pair : result.confirmed) confirmed[pair.from] = pair.to;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.error) continue;
    if (const auto pair = confirmed.find(uid); pair != confirmed.end()) {
      outcome.new_key = imap_key(change.target.info.path, numbering, pair->second);
    } else if (result.absent.contains(uid)) {
      outcome.error = message_gone();
    } else if (result.refused.contains(uid)) {
      outcome.error = result.refusal;
    }
  }
  obey_pauses(change);
  co_return true;
}

Task<void> ImapFolder::find_out_copied(Change& change) {
  Named& named = change.named;
  std::map<imap::Uid, MailSign> here = co_await signs_of(client(), named.left);
  const std::uint64_t most = arrivals_at_most + 2 * named.left.size();
  Arrivals there = co_await arrivals_in(folder_.connection, change.target.name, change.mark, most);
  const std::string numbering = std::to_string(there.uid_validity);
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
  imap::UidSet left;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.error || !named.left.contains(uid)) continue;
    const auto still = here.find(uid);
    if (still == here.end()) {
      outcome.error = message_gone();
    } else if (const auto new_uid = there.take(still->second)) {
      outcome.new_key = imap_key(change.target.info.path, numbering, *new_uid);
    } else {
      left.add(uid);
    }
  }
  named.left = std::move(left);
}

// Where folders are labels, \Deleted and EXPUNGE take a label away and the mail stays in "All
// Mail": to go for good it goes to the trash, and from there.
Task<std::vector<Outcome>> ImapFolder::remove_labelled(MessageSet set) {
  std::function<Task<std::optional<ImapPlace>>()> find = [this] {
    return folder_.connection.find("@trash");
  };
  auto finding = folder_.connection.persist(std::move(find));
  std::optional<ImapPlace> trash = co_await std::move(finding);
  if (!trash) throw no_trash();
  Change change{.target = std::move(*trash)};
  auto moving = move_to(std::move(set), change.target);
  change.named.outcomes = co_await std::move(moving);
  std::function<Task<bool>()> once = [&] { return empty_trash_of(change); };
  auto emptying = folder_.connection.persist(std::move(once));
  co_await std::move(emptying);
  co_return std::move(change.named.outcomes);
}

// Exactly what was confirmed to have come there. Its UIDs may be removed again after a loss.
Task<bool> ImapFolder::empty_trash_of(Change& change) {
  co_await folder_.connection.select(change.target.name, imap::Access::read_write);
  const std::string numbering = folder_.connection.numbering();
  std::vector<imap::Uid> confirmed;
  for (Outcome& outcome : change.named.outcomes) {
    if (outcome.error) continue;
    const auto uid = outcome.new_key ? uid_of(*outcome.new_key, change.target.info.path, numbering)
                                     : std::nullopt;
    if (uid) {
      confirmed.push_back(*uid);
    } else {
      outcome.note =
          "it is in the trash, from where the server removes it: it did not say under which number";
    }
  }
  std::ranges::sort(confirmed);
  const imap::UidSet uids(std::move(confirmed));
  if (uids.empty()) co_return true;
  const std::vector<std::string> deleted{"\\Deleted"};
  auto storing = imap::uid_store(client(), uids, imap::FlagChange::add, deleted);
  auto expunging = imap::uid_expunge(client(), uids);
  const imap::SetResult flagged = co_await storing.result();
  const imap::SetResult removed = co_await expunging.result();
  for (Outcome& outcome : change.named.outcomes) {
    if (outcome.error || !outcome.new_key) continue;
    const auto uid = uid_of(*outcome.new_key, change.target.info.path, numbering);
    if (!uid) continue;
    if (flagged.refused.contains(*uid))
      outcome.note = "it is in the trash: " + flagged.refusal->message();
    if (removed.refused.contains(*uid))
      outcome.note = "it is in the trash: " + removed.refusal->message();
    outcome.new_key.reset();
  }
  co_return true;
}

}  // namespace postroom::stores
