// Messages: whom a UID command is about: a set, or the result that a SEARCH left at the server
// ("$", RFC 5182).
#pragma once

#include <vector>

#include "imap/client/client.hpp"
#include "imap/wire/uid_set.hpp"

namespace postroom::imap {

struct SavedResult {};

class Messages {
 public:
  Messages(UidSet set) : set_(std::move(set)) {}
  Messages(SavedResult) : saved_(true) {}
  bool is_saved() const noexcept { return saved_; }
  bool empty() const noexcept { return !saved_ && set_.empty(); }
  bool may_contain(Uid uid) const noexcept { return saved_ || set_.contains(uid); }
  const UidSet& set() const noexcept { return set_; }

 private:
  UidSet set_;
  bool saved_ = false;
};

// The commands "VERB set tail" that it takes to name all of `messages` in lines of at most
// ClientLimits::command_line bytes. sets[i] belongs to parts[i]; one empty set for a saved result.
struct CutCommand {
  std::vector<UidSet> sets;
  std::vector<std::vector<Piece>> parts;
};
CutCommand cut_command(const Client& client, std::string_view verb, const Messages& messages,
                       const CommandText& tail);

}  // namespace postroom::imap
