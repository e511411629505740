#include "stores/imap_aftermath.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "imap/client/status.hpp"
#include "imap/client/uid_fetch.hpp"
#include "mime/envelope.hpp"
#include "mime/message.hpp"
#include "stores/imap_message.hpp"

namespace postroom::stores {
namespace {

using base::Task;

// The page in hand and the one behind it, whose changes may still be queued.
constexpr std::size_t recent_ids = 4'000;
// A header is rarely above 100 KiB, and Message-ID stands among the first lines.
constexpr std::size_t header_bytes = 256u << 10;

mailbox::Want sign_want() {
  mailbox::Want want;
  want.envelope = want.size = true;
  return want;
}

MailSign sign_of(const mailbox::Message& message) {
  const mime::Envelope& envelope = message.envelope;
  MailSign sign = sign_of_id(envelope.message_id);
  if (base::trim(envelope.message_id).empty()) {
    sign.words = fmt::format(
        "none\n{}\n{}\n{}", envelope.sent ? envelope.sent->time_since_epoch().count() : 0,
        envelope.from.empty() ? std::string() : envelope.from.front().address, envelope.subject);
  }
  sign.size = message.size;
  return sign;
}

}  // namespace

void RecentIds::add(imap::Uid uid, const std::string& message_id) {
  if (message_id.empty() || !ids_.emplace(uid, message_id).second) return;
  order_.push_back(uid);
  if (order_.size() <= recent_ids) return;
  ids_.erase(order_.front());
  order_.pop_front();
}

std::string RecentIds::find(imap::Uid uid) const {
  const auto found = ids_.find(uid);
  return found == ids_.end() ? std::string() : found->second;
}

void RecentIds::clear() {
  ids_.clear();
  order_.clear();
}

Task<FolderMark> mark_of(imap::Client& client, imap::MailboxName folder) {
  auto asking = imap::status(client, folder);
  try {
    const imap::FolderStatus told = co_await asking.result();
    co_return FolderMark{told.uid_validity.value_or(0), told.uid_next.value_or(0)};
  } catch (const base::Error& error) {
    if (!error.session_usable() || error.kind() == base::ErrorKind::throttled) throw;
  }
  co_return FolderMark{};
}

MailSign sign_of_id(std::string_view message_id) {
  return {fmt::format("id\n{}", base::trim(message_id)), {}};
}

std::string message_id_of(base::ByteSource& message) {
  message.rewind();
  std::string head(static_cast<std::size_t>(std::min<std::uint64_t>(message.size(), header_bytes)),
                   '\0');
  std::size_t filled = 0;
  while (filled < head.size()) {
    const std::size_t n = message.read({head.data() + filled, head.size() - filled});
    if (n == 0) break;
    filled += n;
  }
  head.resize(filled);
  message.rewind();
  const std::size_t end = head.find("\r\n\r\n");
  if (end != std::string::npos) head.resize(end + 4);
  return mime::Message::parse(std::move(head)).envelope().message_id;
}

Task<std::map<imap::Uid, MailSign>> signs_of(imap::Client& client, imap::UidSet uids) {
  std::map<imap::Uid, MailSign> signs;
  if (uids.empty()) co_return signs;
  const mailbox::Want want = sign_want();
  auto fetching = imap::uid_fetch(client, uids, fetch_items(want));
  while (const imap::wire::FetchData* data = co_await fetching.next()) {
    if (!data->uid) continue;
    mailbox::Message message;
    read_fetched(*data, want, message);
    signs[*data->uid] = sign_of(message);
  }
  co_return signs;
}

std::optional<imap::Uid> Arrivals::take(const MailSign& sign) {
  const auto [first, last] = by_words.equal_range(sign.words);
  for (auto at = first; at != last; ++at) {
    if (sign.size && at->second.size != sign.size) continue;
    const imap::Uid uid = at->second.uid;
    by_words.erase(at);
    return uid;
  }
  return std::nullopt;
}

void Arrivals::drop(imap::Uid uid) {
  std::erase_if(by_words, [&](const auto& entry) { return entry.second.uid == uid; });
}

Task<Arrivals> arrivals_in(ImapConnection& connection, imap::MailboxName folder, FolderMark mark,
                           std::uint64_t most) {
  // A folder that is selected already would give an old UIDNEXT; some servers leave it out of
  // SELECT altogether, and tell it by STATUS (NetEase).
  const imap::SelectedFolder selected =
      co_await connection.select_anew(folder, imap::Access::read_only);
  Arrivals arrivals;
  arrivals.uid_validity = selected.uid_validity;
  std::uint64_t uid_next = selected.uid_next;
  if (uid_next == 0 && mark.uid_next != 0) {
    const FolderMark now = co_await mark_of(connection.client(), folder);
    uid_next = now.uid_next;
  }
  arrivals.is_known =
      uid_next != 0 && mark.uid_next != 0 && mark.uid_validity == selected.uid_validity;
  if (!arrivals.is_known) co_return arrivals;
  const std::uint64_t last = uid_next - 1;
  const std::uint64_t first =
      std::max<std::uint64_t>(last >= most ? last - most + 1 : 1, mark.uid_next);
  if (first > last) co_return arrivals;
  imap::UidSet range;
  range.add(imap::UidRange{imap::Uid{static_cast<std::uint32_t>(first)},
                           imap::Uid{static_cast<std::uint32_t>(last)}});
  auto signing = signs_of(connection.client(), std::move(range));
  const std::map<imap::Uid, MailSign> signs = co_await std::move(signing);
  for (const auto& [uid, sign] : signs)
    arrivals.by_words.emplace(sign.words, Arrivals::Arrival{uid, sign.size});
  co_return arrivals;
}

}  // namespace postroom::stores
