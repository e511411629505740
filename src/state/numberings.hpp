// Numberings: how the folders of a mailbox were numbered when they were last worked on (IMAP
// UIDVALIDITY), so that a change can be told. Names are opaque.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "state/database.hpp"

namespace postroom::state {

class Numberings {
 public:
  explicit Numberings(Database& database) : database_(database) {}

  // Remembers `numbering`, and gives the one before it; nothing when there was none.
  std::optional<std::string> replace(std::string_view mailbox, std::string_view folder,
                                     std::string_view numbering);

 private:
  Database& database_;
};

}  // namespace postroom::state
