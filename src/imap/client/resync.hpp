// SELECT with QRESYNC (RFC 7162 section 3.2.5): selects a folder and says, in the same round trip,
// what changed and what went since a point that is remembered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/client/select.hpp"
#include "imap/wire/uid_set.hpp"

namespace postroom::imap {

// What was known of the folder when it was last seen.
struct ResyncPoint {
  std::uint32_t uid_validity = 0;
  std::uint64_t modseq = 0;
  UidSet known;  // may be empty: all that the server remembers
};

struct ChangedMessage {
  Uid uid;
  std::string flags;  // words
  std::uint64_t modseq = 0;
};

struct Resynced {
  SelectedFolder folder;
  // False: UIDVALIDITY has changed or the folder keeps no mod-sequences, or
  // more than a million messages changed, and nothing else here says
  // anything; list the folder anew.
  bool is_answered = false;
  UidSet vanished;
  std::vector<ChangedMessage> changed;  // new messages among them
};

class ResyncExchange final : public SelectExchange {
 public:
  using Result = Resynced;
  ResyncExchange(Client& client, MailboxName name, Access access, ResyncPoint point)
      : SelectExchange(client, std::move(name), access), point_(std::move(point)) {}
  bool take(const wire::Response& response) override;
  Resynced take_result();

 protected:
  void forget_other_folder() override;

 private:
  ResyncPoint point_;
  UidSet vanished_;
  std::vector<ChangedMessage> changed_;
  std::size_t replies_ = 0;
  bool is_unreadable_ = false;
};

// After enable(client, {"QRESYNC"}) confirmed it: Error{unsupported, "imap.no_qresync"} otherwise.
Command<ResyncExchange> select_resync(Client& client, const MailboxName& name, Access access,
                                      const ResyncPoint& point);

}  // namespace postroom::imap
