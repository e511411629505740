#include "stores/imap_folder.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "imap/client/commands.hpp"
#include "mime/decoder.hpp"
#include "stores/imap_message.hpp"
#include "stores/imap_query.hpp"
#include "stores/store_errors.hpp"

namespace postroom::stores {
namespace {

using base::Task;
using mailbox::MessageKey;
using mailbox::MessageSet;
using mailbox::Outcome;

constexpr const char* only_flagged =
    "the server cannot remove single messages: it stays in its folder, flagged as deleted";

}  // namespace

Task<std::unique_ptr<mailbox::MessageCursor>> ImapFolder::find(mailbox::Query query,
                                                               mailbox::Want want,
                                                               mailbox::Order order) {
  const bool is_known = co_await folder_.select_again();
  if (!is_known)
    folder_.uid_validity = client().selected()->uid_validity;  // a new listing has new keys
  LoweredQuery lowered = lower_to_imap(query, client().literal_style());
  auto cursor =
      std::make_unique<ImapCursor>(folder_, std::move(lowered.residue), std::move(want), order);
  co_await cursor->search(std::move(lowered.criteria));
  co_return cursor;
}

Task<void> ImapFolder::fetch_section(MessageKey key, std::string section, base::ByteSink& sink) {
  const bool is_known = co_await folder_.select_again();
  const auto uid = uid_of(key, folder_.path, folder_.uid_validity);
  if (!is_known || !uid) throw message_gone();
  imap::FetchItems items;
  items.sections.push_back({section});
  // Once, and nothing but what was asked for: a file must not hold another part, or one twice.
  bool is_given = false;
  imap::SectionSink sink_of = [&](imap::Uid, std::string_view name,
                                  std::uint64_t) -> base::ByteSink* {
    if (is_given || !base::ascii_iequals(name, section)) return nullptr;
    is_given = true;
    return &sink;
  };
  const imap::UidSet one{*uid};
  auto fetching = imap::uid_fetch(client(), one, std::move(items), std::move(sink_of));
  bool is_there = false;
  while (co_await fetching.next()) is_there = true;
  if (!is_there) throw message_gone();
  if (!is_given) throw content_not_given();  // NIL: an empty file would pass for the message
}

Task<void> ImapFolder::part(MessageKey key, mime::Part part, base::ByteSink& sink) {
  mime::Decoder decoder(mime::encoding_of(part), sink);
  co_await fetch_section(std::move(key), part.id, decoder);
  decoder.finish();
}

Task<void> ImapFolder::raw(MessageKey key, base::ByteSink& sink) {
  std::string whole;
  co_await fetch_section(std::move(key), std::move(whole), sink);
}

Task<ImapFolder::Named> ImapFolder::name(MessageSet set) {
  const bool is_known = co_await folder_.select_again();
  Named named;
  std::vector<imap::Uid> ascending;
  for (MessageKey& key : set) {
    const auto uid = is_known ? uid_of(key, folder_.path, folder_.uid_validity) : std::nullopt;
    Outcome outcome{std::move(key), {}, {}, {}};
    if (!uid) outcome.error = message_gone();
    named.uids.push_back(uid.value_or(imap::Uid{}));
    if (uid) ascending.push_back(*uid);
    named.outcomes.push_back(std::move(outcome));
  }
  named.set = imap::UidSet(std::move(ascending));
  co_return named;
}

Task<std::vector<Outcome>> ImapFolder::move(MessageSet set, std::string target) {
  const ImapPlace place = co_await folder_.connection.need(std::move(target));
  Named named = co_await name(std::move(set));
  if (place.name == folder_.name) {
    for (Outcome& outcome : named.outcomes) {
      if (!outcome.error) outcome.new_key = outcome.key;
    }
    co_return std::move(named.outcomes);
  }
  if (named.set.empty()) co_return std::move(named.outcomes);
  const imap::MoveReport report = co_await imap::safe_move(client(), named.set, place.name);
  std::map<imap::Uid, const imap::MovedMessage*> by_uid;
  for (const imap::MovedMessage& message : report.messages) by_uid[message.uid] = &message;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const auto found = by_uid.find(named.uids[i]);
    if (outcome.error || found == by_uid.end()) continue;
    const imap::MovedMessage& moved = *found->second;
    if (moved.new_uid)
      outcome.new_key = imap_key(place.info.path, report.target_uid_validity, *moved.new_uid);
    outcome.error = moved.error;
    if (moved.fate == imap::MoveFate::flagged)
      outcome.note = std::string("copied; ") + only_flagged;
    if (moved.fate == imap::MoveFate::not_removed)
      outcome.note = "copied, but it is still in its folder, too";
    if (moved.fate == imap::MoveFate::absent) outcome.error = message_gone();
  }
  co_return std::move(named.outcomes);
}

Task<std::vector<Outcome>> ImapFolder::copy(MessageSet set, std::string target) {
  const ImapPlace place = co_await folder_.connection.need(std::move(target));
  Named named = co_await name(std::move(set));
  if (named.set.empty()) co_return std::move(named.outcomes);
  auto copying = imap::uid_copy(client(), named.set, place.name);
  const imap::CopyResult result = co_await copying.result();
  std::map<imap::Uid, imap::Uid> confirmed;
  for (const imap::CopiedUid& pair : result.confirmed) confirmed[pair.from] = pair.to;
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    const imap::Uid uid = named.uids[i];
    if (outcome.error) continue;
    if (const auto pair = confirmed.find(uid); pair != confirmed.end()) {
      outcome.new_key = imap_key(place.info.path, result.to_uid_validity, pair->second);
    } else if (result.absent.contains(uid)) {
      outcome.error = message_gone();
    } else if (result.refused.contains(uid)) {
      outcome.error = result.refusal;
    }
  }
  co_return std::move(named.outcomes);
}

Task<std::vector<Outcome>> ImapFolder::set_flag(MessageSet set, mailbox::Flag flag, bool is_set) {
  Named named = co_await name(std::move(set));
  if (named.set.empty()) co_return std::move(named.outcomes);
  const std::vector<std::string> words{std::string(flag_word(flag))};
  const imap::FlagChange change = is_set ? imap::FlagChange::add : imap::FlagChange::remove;
  auto storing = imap::uid_store(client(), named.set, change, words);
  const imap::SetResult result = co_await storing.result();
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    if (!named.outcomes[i].error && result.refused.contains(named.uids[i]))
      named.outcomes[i].error = result.refusal;
  }
  co_return std::move(named.outcomes);
}

Task<std::vector<Outcome>> ImapFolder::remove(MessageSet set, mailbox::Removal how) {
  if (!is_writable()) throw folder_read_only(folder_.path);
  if (how == mailbox::Removal::permanent) {
    std::vector<Outcome> outcomes = co_await expunge(std::move(set));
    co_return outcomes;
  }
  const std::optional<ImapPlace> trash = co_await folder_.connection.find("@trash");
  if (!trash) throw no_trash();
  std::vector<Outcome> outcomes = co_await move(std::move(set), "@trash");
  if (trash->name == folder_.name) {
    for (Outcome& outcome : outcomes) {
      if (!outcome.error) outcome.note = "it was in the trash already";
    }
  }
  co_return outcomes;
}

// Only what was named: a bare EXPUNGE would remove what other clients have flagged (RFC 4315
// section 2.1).
Task<std::vector<Outcome>> ImapFolder::expunge(MessageSet set) {
  Named named = co_await name(std::move(set));
  if (named.set.empty()) co_return std::move(named.outcomes);
  const bool can_expunge = client().can("UIDPLUS");
  const std::vector<std::string> deleted{"\\Deleted"};
  auto storing = imap::uid_store(client(), named.set, imap::FlagChange::add, deleted);
  std::optional<imap::Command<imap::SetExchange>> expunging;
  if (can_expunge) expunging.emplace(imap::uid_expunge(client(), named.set));
  const imap::SetResult flagged = co_await storing.result();
  imap::SetResult removed;
  if (can_expunge) removed = co_await expunging->result();
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    Outcome& outcome = named.outcomes[i];
    if (outcome.error) continue;
    if (flagged.refused.contains(named.uids[i])) {
      outcome.error = flagged.refusal;
    } else if (removed.refused.contains(named.uids[i])) {
      outcome.error = removed.refusal;
    } else if (!can_expunge) {
      outcome.note = only_flagged;
    }
  }
  co_return std::move(named.outcomes);
}

Task<std::optional<MessageKey>> ImapFolder::append(base::ByteSource& message, mailbox::Flags flags,
                                                   std::optional<base::Instant> received) {
  imap::AppendOptions options;
  options.flags = flag_words(flags);
  options.received = received;
  message.rewind();
  auto appending = imap::append(client(), folder_.name, message, options);
  const imap::Appended appended = co_await appending.result();
  if (!appended.uid) co_return std::nullopt;
  co_return imap_key(folder_.path, appended.uid_validity, *appended.uid);
}

}  // namespace postroom::stores
