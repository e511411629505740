// Quirks: what real servers do otherwise than they say. Each is a named field, chosen at run time
// from what the server says of itself; a user's flow never sees them.
#pragma once

#include <string_view>

namespace postroom::imap {

struct Quirks {
  // Refuses SELECT ("Unsafe Login") until the client has sent ID: NetEase (163.com, 126.com,
  // yeah.net).
  bool wants_id = false;
  // SEARCH finds substrings, as RFC 9051 says, not word beginnings: Dovecot without full-text
  // search, Cyrus, Courier. Not known from the greeting alone: full-text search may be switched on.
  // Stays false unless the account says so.
  bool substring_search = false;
  // Offers MOVE and does not keep its promise. None known; for an account that meets one, and for
  // tests.
  bool no_move = false;
  // Offers ESEARCH and answers it wrongly. None known; for an account that meets one, and for
  // tests.
  bool no_esearch = false;
  // Labels are folders: \Deleted and UID EXPUNGE take a label away, and the mail stays in "All
  // Mail". Gmail.
  bool labels = false;
  // Says OK to AUTHENTICATE and "not connected" to what follows, when the account may not open the
  // mailbox: Exchange.
  bool late_refusal = false;
  bool operator==(const Quirks&) const = default;
};

// From the greeting's text and the capability words, both as the server wrote them.
Quirks detect_quirks(std::string_view greeting, std::string_view capabilities);

}  // namespace postroom::imap
