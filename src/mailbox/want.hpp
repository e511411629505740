// Want: what a listing fetches of each message: exactly what the flow uses, nothing else.
#pragma once

#include <string>
#include <vector>

#include "mailbox/query.hpp"

namespace postroom::mailbox {

struct Want {
  bool envelope = false;  // subject, addresses, dates, message ids
  bool flags = false;
  bool size = false;
  bool received = false;   // when the store took it in (IMAP INTERNALDATE)
  bool structure = false;  // the part tree, and attachments by the rule of mime/attachments
  bool text = false;       // decoded text and HTML bodies
  bool all_headers = false;
  std::vector<std::string> headers;  // named fields, any case

  Want& operator|=(const Want& other);
  friend Want operator|(Want a, const Want& b) { return a |= b; }
};

// What evaluate() needs of a message to answer `query`.
Want needs_of(const Query& query);

// The order in which a find gives its messages: by key as the store numbers them (IMAP: uid), which
// is arrival order.
enum class Order { oldest_first, newest_first };

}  // namespace postroom::mailbox
