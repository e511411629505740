// What became of a change whose connection was lost before its answer came: which messages are
// still here, and which have arrived there. MOVE, COPY and APPEND are never blindly repeated.
//
// Does not know: connections that are opened again, outcomes.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/byte_stream.hpp"
#include "base/task.hpp"
#include "imap/client/client.hpp"
#include "imap/wire/uid_set.hpp"
#include "stores/imap_connection.hpp"

namespace postroom::stores {

// Message-IDs of the messages that were listed last: what can be looked for in a target when the
// message is no longer in its folder.
class RecentIds {
 public:
  void add(imap::Uid uid, const std::string& message_id);
  std::string find(imap::Uid uid) const;  // "" when not known
  void clear();

 private:
  std::map<imap::Uid, std::string> ids_;
  std::deque<imap::Uid> order_;
};

// Where a folder's numbering stood before something was put into it.
struct FolderMark {
  std::uint64_t uid_validity = 0;
  std::uint64_t uid_next = 0;  // 0: not known
};
// One round trip. A refusal is no mark.
base::Task<FolderMark> mark_of(imap::Client& client, imap::MailboxName folder);

// By which a message is known again in another folder: its Message-ID, without one its date, sender
// and subject; and its size, which tells two versions under one Message-ID apart.
struct MailSign {
  std::string words;
  std::optional<std::uint64_t> size;  // nothing: not known, any will do
};
MailSign sign_of_id(std::string_view message_id);
// The Message-ID in the header of a message, "" when there is none. Rewinds it.
std::string message_id_of(base::ByteSource& message);

// Those of `uids` that are in the selected folder.
base::Task<std::map<imap::Uid, MailSign>> signs_of(imap::Client& client, imap::UidSet uids);

// What has come into a folder since its mark, each to be taken once: the same mail twice is two.
struct Arrivals {
  struct Arrival {
    imap::Uid uid;
    std::optional<std::uint64_t> size;
  };
  // false: there was no mark, or the folder is another one since. Nothing is told then, because
  // what was always there would count.
  bool is_known = false;
  std::uint32_t uid_validity = 0;
  std::multimap<std::string, Arrival> by_words;
  std::optional<imap::Uid> take(const MailSign& sign);
  void drop(imap::Uid uid);  // known to be another message's
};
// Leaves `folder` selected, read-only. At most the newest `most` are looked at.
base::Task<Arrivals> arrivals_in(ImapConnection& connection, imap::MailboxName folder,
                                 FolderMark mark, std::uint64_t most);

}  // namespace postroom::stores
