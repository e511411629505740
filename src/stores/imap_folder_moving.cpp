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

base::Error copy_doubtful(const std::string& to) {
  base::Error error(base::ErrorKind::refused, "message.copy_unknown",
                    "the connection was lost while the message was copied, and the server does not "
                    "tell what is new in \"" +
                        base::printable(to, 200) + "\"",
                    "look whether it is there, and copy it again if not");
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
  change.is_answered = false;
  change.is_server_move = imap::moves_by_server(client());
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
  change.is_answered = true;
  obey_pauses(change);
  co_return true;
}

// A message whose arrival another one could claim would be removed without having been copied.
bool ImapFolder::take_done(const Change& change, Arrivals& there) const {
  const Named& named = change.named;
  const std::string numbering = std::to_string(there.uid_validity);
  bool is_certain = true;
  for (const Outcome& outcome : named.outcomes) {
    const auto used = outcome.new_key ? uid_of(*outcome.new_key, change.target.info.path, numbering)
                                      : std::nullopt;
    if (used) there.drop(*used);
  }
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    const Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.new_key || uid == imap::Uid{} || named.left.contains(uid)) continue;
    const std::string id = folder_.recent->find(uid);
    if (!id.empty()) {
      there.take(sign_of_id(id));
    } else if (!outcome.error || outcome.error->code() != "message.gone") {
      is_certain = false;
    }
  }
  return is_certain;
}

// Those that are no longer here were moved, if they are there. Those that are here were not, where
// the server moves. Elsewhere they were copied if they are there, and are removed; but only if the
// arrival can be nobody else's: one copy too many is better than one too few. The others are left
// to be moved.
Task<void> ImapFolder::find_out_moved(Change& change) {
  Named& named = change.named;
  std::map<imap::Uid, MailSign> here = co_await signs_of(client(), named.left);
  const std::uint64_t most = arrivals_at_most + 2 * named.left.size();
  Arrivals there = co_await arrivals_in(folder_.connection, change.target.name, change.mark, most);
  const std::string numbering = std::to_string(there.uid_validity);
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
  bool is_certain = take_done(change, there) && there.is_known && !change.is_server_move;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    const bool is_settled = outcome.error || outcome.new_key || !named.left.contains(uid);
    if (is_settled || here.contains(uid)) continue;
    const std::string id = folder_.recent->find(uid);
    if (id.empty() || !there.is_known) {
      outcome.note = answer_lost;
      is_certain = false;
    } else if (const auto new_uid = there.take(sign_of_id(id))) {
      outcome.new_key = imap_key(change.target.info.path, numbering, *new_uid);
    } else {
      outcome.error = move_doubtful(folder_.path, change.target.info.path);
    }
  }
  imap::UidSet left, arrived;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    const auto still = here.find(uid);
    if (outcome.error || !named.left.contains(uid) || still == here.end()) continue;
    if (!outcome.new_key && is_certain) {
      if (const auto new_uid = there.take(still->second))
        outcome.new_key = imap_key(change.target.info.path, numbering, *new_uid);
    }
    (outcome.new_key ? arrived : left).add(uid);
  }
  if (!arrived.empty()) co_await remove_arrived(change, std::move(arrived));
  named.left = std::move(left);
}

Task<void> ImapFolder::remove_arrived(Change& change, imap::UidSet arrived) {
  const bool can_expunge = client().can("UIDPLUS");
  const std::vector<std::string> deleted{"\\Deleted"};
  auto storing = imap::uid_store(client(), arrived, imap::FlagChange::add, deleted);
  std::optional<imap::Command<imap::SetExchange>> expunging;
  if (can_expunge) expunging.emplace(imap::uid_expunge(client(), arrived));
  const imap::SetResult flagged = co_await storing.result();
  imap::SetResult removed;
  if (can_expunge) removed = co_await expunging->result();
  Named& named = change.named;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    if (named.outcomes[i].error || !arrived.contains(named.uids[i])) continue;
    if (!can_expunge) named.outcomes[i].note = kept_flagged;
    const bool is_unflagged = flagged.refused.contains(named.uids[i]);
    if (!is_unflagged && !removed.refused.contains(named.uids[i])) continue;
    named.outcomes[i].note = "copied, but it is still in its folder, too";
    named.outcomes[i].error = is_unflagged ? flagged.refusal : removed.refusal;
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
  change.is_answered = false;
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
  change.is_answered = true;
  obey_pauses(change);
  co_return true;
}

// Where the server does not tell what is new in the target, nobody knows what was copied; but what
// it refused was not (RFC 9051 section 6.4.7).
Task<void> ImapFolder::find_out_copied(Change& change) {
  Named& named = change.named;
  std::map<imap::Uid, MailSign> here = co_await signs_of(client(), named.left);
  const std::uint64_t most = arrivals_at_most + 2 * named.left.size();
  Arrivals there = co_await arrivals_in(folder_.connection, change.target.name, change.mark, most);
  const std::string numbering = std::to_string(there.uid_validity);
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
  bool is_certain = take_done(change, there);
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.error || !named.left.contains(uid) || here.contains(uid)) continue;
    outcome.error = message_gone();
    const std::string id = folder_.recent->find(uid);
    if (id.empty()) is_certain = false;
    if (!id.empty()) there.take(sign_of_id(id));
  }
  imap::UidSet left;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.error || !named.left.contains(uid)) continue;
    if (!there.is_known && !change.is_answered) {
      outcome.error = copy_doubtful(change.target.info.path);
      continue;
    }
    const auto new_uid = is_certain ? there.take(here[uid]) : std::nullopt;
    if (new_uid) outcome.new_key = imap_key(change.target.info.path, numbering, *new_uid);
    if (!new_uid) left.add(uid);
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
