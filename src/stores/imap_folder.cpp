#include "stores/imap_folder.hpp"

#include <algorithm>
#include <functional>

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

struct StreamLimits {
  // Of the bytes before a loss, read again behind it: the rest belongs to them only if they are the
  // same. Servers that make messages up when they are asked (Exchange) may give another one.
  std::size_t overlap = 4u << 10;
  // RFC 9051 section 9 allows 63 bits in a partial FETCH, older servers 32.
  std::uint32_t rest = 0x7fffffff;
  std::uint64_t arrivals = 2'000;  // looked at for an appended message
};
constexpr StreamLimits stream_limits;

base::Error content_changed() {
  base::Error error(base::ErrorKind::refused, "message.changed",
                    "the server gives other bytes for the message after its connection was lost",
                    "run again: the message is then fetched from its beginning");
  return error.set_transient(true).set_session_usable(true);
}

base::Error append_doubtful(const std::string& path, std::string_view why) {
  base::Error error(base::ErrorKind::refused, "message.append_unknown",
                    "the connection was lost while a message was stored in \"" +
                        base::printable(path, 200) + "\", and " + std::string(why),
                    "look whether it is there, and store it again if not");
  return error.set_session_usable(true);
}

// Gives a section on to a sink, over several connections: bytes that came before are compared, not
// given twice.
class ContinuingSink final : public base::ByteSink {
 public:
  explicit ContinuingSink(base::ByteSink& sink) : sink_(sink) {}

  // From where to ask; then `size` bytes come from there.
  std::uint64_t next_from() const noexcept {
    return given_ - std::min(tail_.size(), stream_limits.overlap);
  }
  std::uint64_t given() const noexcept { return given_; }
  void begin(std::uint64_t from, std::uint64_t size) {
    at_ = from;
    if (total_ && *total_ != from + size) throw content_changed();
    total_ = from + size;
  }
  bool is_whole() const noexcept { return total_ && given_ == *total_; }

  void write(std::string_view bytes) override {
    if (at_ < given_) {
      const std::uint64_t tail_from = given_ - tail_.size();
      const std::size_t n =
          static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), given_ - at_));
      if (at_ < tail_from) throw content_changed();  // a server that does not know partial FETCH
      const std::size_t offset = static_cast<std::size_t>(at_ - tail_from);
      if (std::string_view(tail_).substr(offset, n) != bytes.substr(0, n)) throw content_changed();
      at_ += n;
      bytes.remove_prefix(n);
    }
    if (bytes.empty()) return;
    sink_.write(bytes);
    at_ += bytes.size();
    given_ += bytes.size();
    if (bytes.size() >= stream_limits.overlap) tail_.clear();
    tail_.append(bytes.substr(bytes.size() - std::min(bytes.size(), stream_limits.overlap)));
    if (tail_.size() > 2 * stream_limits.overlap)
      tail_.erase(0, tail_.size() - stream_limits.overlap);
  }

 private:
  base::ByteSink& sink_;
  std::uint64_t at_ = 0;     // of the next byte that comes
  std::uint64_t given_ = 0;  // to the sink
  std::optional<std::uint64_t> total_;
  std::string tail_;  // the last bytes given
};

constexpr const char* only_flagged =
    "the server cannot remove single messages: it stays in its folder, flagged as deleted";

}  // namespace

struct ImapFolder::Streaming {
  MessageKey key;
  std::string section;
  ContinuingSink sink;
};

struct ImapFolder::Storing {
  base::ByteSource& message;
  imap::AppendOptions options;
  FolderMark mark;
  bool is_begun = false;
};

Task<std::unique_ptr<mailbox::MessageCursor>> ImapFolder::find(mailbox::Query query,
                                                               mailbox::Want want,
                                                               mailbox::Order order) {
  std::function<Task<std::unique_ptr<mailbox::MessageCursor>>()> once = [&] {
    return find_once(query, want, order);
  };
  auto finding = folder_.connection.persist(std::move(once));
  co_return co_await std::move(finding);
}

Task<std::unique_ptr<mailbox::MessageCursor>> ImapFolder::find_once(mailbox::Query query,
                                                                    mailbox::Want want,
                                                                    mailbox::Order order) {
  const bool is_known = co_await folder_.select_again();
  if (!is_known) {  // a new listing has new keys
    folder_.numbering = folder_.connection.numbering();
    folder_.recent->clear();
  }
  LoweredQuery lowered =
      lower_to_imap(query, client().literal_style(), search_trust(client().quirks()));
  auto cursor =
      std::make_unique<ImapCursor>(folder_, std::move(lowered.residue), std::move(want), order);
  co_await cursor->search(std::move(lowered.criteria));
  co_return cursor;
}

Task<void> ImapFolder::fetch_section(MessageKey key, std::string section, base::ByteSink& sink) {
  Streaming streaming{std::move(key), std::move(section), ContinuingSink(sink)};
  std::function<Task<bool>()> once = [&] { return stream_once(streaming); };
  auto fetching = folder_.connection.persist(std::move(once));
  co_await std::move(fetching);
}

Task<bool> ImapFolder::stream_once(Streaming& streaming) {
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
  const auto uid = uid_of(streaming.key, folder_.path, folder_.numbering);
  if (!uid) throw message_gone();
  const std::uint64_t from = streaming.sink.next_from();
  const std::uint64_t had = streaming.sink.given();
  imap::FetchItems items;
  items.sections.push_back({streaming.section, from, from == 0 ? 0 : stream_limits.rest});
  // Once, and nothing but what was asked for: a file must not hold another part, or one twice.
  bool is_given = false;
  imap::SectionSink sink_of = [&](imap::Uid, std::string_view name,
                                  std::uint64_t size) -> base::ByteSink* {
    if (is_given || !base::ascii_iequals(name, streaming.section)) return nullptr;
    is_given = true;
    streaming.sink.begin(from, size);
    return &streaming.sink;
  };
  const imap::UidSet one{*uid};
  auto fetching = imap::uid_fetch(client(), one, std::move(items), std::move(sink_of));
  bool is_there = false;
  try {
    while (co_await fetching.next()) is_there = true;
  } catch (const base::Error&) {
    if (streaming.sink.given() > had) folder_.connection.progressed();
    throw;
  }
  if (!is_there) throw message_gone();
  if (!is_given) throw content_not_given();  // NIL: an empty file would pass for the message
  if (!streaming.sink.is_whole()) throw content_changed();
  co_return true;
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

Task<void> ImapFolder::name(MessageSet& set, Named& named) {
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
  if (std::exchange(named.is_named, true)) co_return;
  std::vector<imap::Uid> ascending;
  for (MessageKey& key : set) {
    const auto uid = uid_of(key, folder_.path, folder_.numbering);
    Outcome outcome{std::move(key), {}, {}, {}};
    if (!uid) outcome.error = message_gone();
    named.uids.push_back(uid.value_or(imap::Uid{}));
    if (uid) ascending.push_back(*uid);
    named.outcomes.push_back(std::move(outcome));
  }
  named.left = imap::UidSet(std::move(ascending));
}

void ImapFolder::obey_pauses(Change& change) {
  std::optional<base::Error> asked;
  imap::UidSet left;
  for (std::size_t i = 0; i < change.named.outcomes.size(); ++i) {
    Outcome& outcome = change.named.outcomes[i];
    if (!outcome.error || !folder_.connection.is_passing(*outcome.error)) continue;
    if (!asked) asked = outcome.error;
    outcome.error.reset();
    outcome.note.clear();
    left.add(change.named.uids[i]);
  }
  change.named.left = std::move(left);
  if (asked) throw *asked;
}

Task<std::vector<Outcome>> ImapFolder::set_flag(MessageSet set, mailbox::Flag flag, bool is_set) {
  Change change{.set = std::move(set)};
  const imap::FlagChange how = is_set ? imap::FlagChange::add : imap::FlagChange::remove;
  std::function<Task<bool>()> once = [&] {
    return set_flag_once(change, std::string(flag_word(flag)), how);
  };
  auto setting = folder_.connection.persist(std::move(once));
  co_await std::move(setting);
  co_return std::move(change.named.outcomes);
}

// A flag that is set again is the same flag: after a loss all of them once more.
Task<bool> ImapFolder::set_flag_once(Change& change, std::string word, imap::FlagChange how) {
  co_await name(change.set, change.named);
  Named& named = change.named;
  if (named.left.empty()) co_return true;
  const std::vector<std::string> words{std::move(word)};
  auto storing = imap::uid_store(client(), named.left, how, words);
  const imap::SetResult result = co_await storing.result();
  for (std::size_t i = 0; i < named.outcomes.size(); ++i) {
    if (!named.outcomes[i].error && result.refused.contains(named.uids[i]))
      named.outcomes[i].error = result.refusal;
  }
  obey_pauses(change);
  co_return true;
}

Task<std::vector<Outcome>> ImapFolder::remove(MessageSet set, mailbox::Removal how) {
  if (!is_writable()) throw folder_read_only(folder_.path);
  const bool is_emptied_here =
      folder_.role == mailbox::Role::trash || folder_.role == mailbox::Role::junk;
  if (how == mailbox::Removal::permanent) {
    auto removing = folder_.connection.has_labels() && !is_emptied_here
                        ? remove_labelled(std::move(set))
                        : expunge(std::move(set));
    co_return co_await std::move(removing);
  }
  std::function<Task<std::optional<ImapPlace>>()> once = [this] {
    return folder_.connection.find("@trash");
  };
  auto finding = folder_.connection.persist(std::move(once));
  std::optional<ImapPlace> trash = co_await std::move(finding);
  if (!trash) throw no_trash();
  const bool was_there = trash->name == folder_.name;
  std::vector<Outcome> outcomes = co_await move_to(std::move(set), std::move(*trash));
  if (was_there) {
    for (Outcome& outcome : outcomes) {
      if (!outcome.error) outcome.note = "it was in the trash already";
    }
  }
  co_return outcomes;
}

Task<std::vector<Outcome>> ImapFolder::expunge(MessageSet set) {
  Change change{.set = std::move(set)};
  std::function<Task<bool>()> once = [&] { return expunge_once(change); };
  auto removing = folder_.connection.persist(std::move(once));
  co_await std::move(removing);
  co_return std::move(change.named.outcomes);
}

// Only what was named: a bare EXPUNGE would remove what other clients have flagged (RFC 4315
// section 2.1). It may be repeated: under the same numbering a UID never names another message.
Task<bool> ImapFolder::expunge_once(Change& change) {
  co_await name(change.set, change.named);
  Named& named = change.named;
  if (named.left.empty()) co_return true;
  const bool can_expunge = client().can("UIDPLUS");
  const std::vector<std::string> deleted{"\\Deleted"};
  auto storing = imap::uid_store(client(), named.left, imap::FlagChange::add, deleted);
  std::optional<imap::Command<imap::SetExchange>> expunging;
  if (can_expunge) expunging.emplace(imap::uid_expunge(client(), named.left));
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
  obey_pauses(change);
  co_return true;
}

Task<std::optional<MessageKey>> ImapFolder::append(base::ByteSource& message, mailbox::Flags flags,
                                                   std::optional<base::Instant> received) {
  Storing storing{message, {}, {}, false};
  storing.options.flags = flag_words(flags);
  storing.options.received = received;
  std::function<Task<std::optional<MessageKey>>()> once = [&] { return append_once(storing); };
  auto appending = folder_.connection.persist(std::move(once));
  co_return co_await std::move(appending);
}

// After a loss the message is looked for: a second APPEND would make a second message.
Task<std::optional<MessageKey>> ImapFolder::append_once(Storing& storing) {
  if (storing.is_begun) {
    const std::string id = message_id_of(storing.message);
    if (id.empty())
      throw append_doubtful(folder_.path,
                            "without a Message-ID nobody can tell whether it is there");
    Arrivals arrivals = co_await arrivals_in(folder_.connection, folder_.name, storing.mark,
                                             stream_limits.arrivals);
    if (!arrivals.is_known)
      throw append_doubtful(folder_.path, "the server does not tell what is new there");
    if (const auto uid = arrivals.take(sign_of_id(id))) {
      const std::string numbering = folder_.connection.numbering();
      co_return imap_key(folder_.path, numbering, *uid);
    }
  } else if (folder_.connection.can_recover()) {
    storing.mark = co_await mark_of(client(), folder_.name);
  }
  storing.message.rewind();
  storing.is_begun = true;
  auto appending = imap::append(client(), folder_.name, storing.message, storing.options);
  try {
    const imap::Appended appended = co_await appending.result();
    if (!appended.uid) co_return std::nullopt;
    co_return imap_key(folder_.path, std::to_string(appended.uid_validity), *appended.uid);
  } catch (const base::Error& error) {
    if (error.session_usable()) storing.is_begun = false;  // it was refused
    throw;
  }
}

}  // namespace postroom::stores
