// The structure of one message whose BODYSTRUCTURE cannot be read: from the message itself. Servers
// are known to break on mail that is itself broken, and such mail must not be passed over.
#pragma once

#include <optional>
#include <string>

#include "base/task.hpp"
#include "imap/client/client.hpp"
#include "mime/part_tree.hpp"

namespace postroom::stores {

struct ReadStructure {
  std::optional<mime::Part> root;  // nothing: the message is gone, or not given
  std::string warning;
};

// Fetches the whole message, up to 32 MiB; of a larger one the parts behind that are left out.
base::Task<ReadStructure> read_structure(imap::Client& client, imap::Uid uid);

}  // namespace postroom::stores
