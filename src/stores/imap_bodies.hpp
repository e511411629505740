// Text bodies of many messages in few commands: messages whose parts have the same numbers share
// one FETCH, and all FETCHes are on their way before the first answer is read.
#pragma once

#include <string>
#include <vector>

#include "base/task.hpp"
#include "imap/client/client.hpp"
#include "imap/wire/uid_set.hpp"
#include "mime/part_tree.hpp"

namespace postroom::stores {

struct WantedBody {
  imap::Uid uid;
  const mime::Part* part = nullptr;  // a text leaf; outlives the call
};

struct FetchedBody {
  bool is_there = false;  // false: the message has gone
  std::string text;       // decoded to UTF-8
  std::string warning;    // empty when all was well
};

// One for each wanted, in order. The folder is selected.
base::Task<std::vector<FetchedBody>> fetch_bodies(imap::Client& client,
                                                  std::vector<WantedBody> wanted);

}  // namespace postroom::stores
