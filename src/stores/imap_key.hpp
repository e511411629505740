// Message keys of IMAP: "folder:numbering:uid". A key of another folder, or from before the
// server renumbered this one, names nothing here. Pure.
//
// The numbering is UIDVALIDITY. Where the server does not keep UIDs (UIDNOTSTICKY, or no
// UIDVALIDITY), it is a mark that never comes again, so that no later message has an old one's key.
#pragma once

#include <optional>

#include "imap/wire/uid_set.hpp"
#include "mailbox/message.hpp"

namespace postroom::stores {

mailbox::MessageKey imap_key(std::string_view folder, std::string_view numbering, imap::Uid uid);

// Nothing when the key is not one of that folder and that numbering.
std::optional<imap::Uid> uid_of(const mailbox::MessageKey& key, std::string_view folder,
                                std::string_view numbering);

// UIDs taken off a set in runs, from either end; the set may name more of them than memory holds.
class UidPager {
 public:
  UidPager(const imap::UidSet& uids, bool from_the_end);
  imap::UidSet take(std::uint64_t count);
  std::uint64_t left() const noexcept { return left_; }

 private:
  std::vector<imap::UidRange> ranges_;  // the next one is at the back
  bool from_the_end_;
  std::uint64_t left_;
};

}  // namespace postroom::stores
