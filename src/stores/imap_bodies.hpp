// Text bodies of many messages in few commands: messages whose parts have the same numbers share
// one FETCH, and all FETCHes are on their way before the first answer is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
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
  bool is_there = false;  // false: the message has gone, or the server does not give it
  std::string text;       // decoded to UTF-8
  std::string warning;    // empty when all was well
  std::optional<base::Error> refusal;  // why the server does not give it
};

// One for each wanted, in order. The folder is selected. A refusal that is about single messages is
// told with them; any other is thrown.
base::Task<std::vector<FetchedBody>> fetch_bodies(imap::Client& client,
                                                  std::vector<WantedBody> wanted);

}  // namespace postroom::stores
