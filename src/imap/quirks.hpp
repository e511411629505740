// Quirks: what real servers do otherwise than they say. Each is a named field, chosen at run time
// from what the server says of itself; a user's flow never sees them. quirk_table.hpp says what
// each one is for, how it is chosen and which transcript shows it.
#pragma once

#include <string_view>

namespace postroom::imap {

struct Quirks {
  bool wants_id = false;          // refuses SELECT until the client has sent ID
  bool late_refusal = false;      // says OK to sign-in and refuses what follows
  bool labels = false;            // folders are labels: removing from one keeps the mail elsewhere
  bool size_differs = false;      // RFC822.SIZE is not the number of bytes that FETCH delivers
  bool expensive_size = false;    // RFC822.SIZE costs a download of each message at the server
  bool newest_only = false;       // a folder shows its newest 10,000 messages only
  bool ascii_search = false;      // refuses SEARCH for texts that are not ASCII
  bool inbox_name_space = false;  // all folders hang below INBOX
  bool substring_search = false;  // SEARCH finds substrings, as RFC 9051 says, not word beginnings
  bool no_idle = false;           // IDLE is not there, or offered and of no use
  bool no_move = false;           // MOVE is offered and not kept
  bool no_esearch = false;        // ESEARCH is offered and answered wrongly
  bool sent_is_received = false;  // SENTSINCE and SENTBEFORE look at the day of arrival
  bool flat_search = false;       // OR and NOT in SEARCH find too little
  bool operator==(const Quirks&) const = default;
};

// Adds what the greeting's text and the capability words tell, both as the server wrote them. What
// is known already stays: an account may have said it.
void add_quirks(Quirks& known, std::string_view greeting, std::string_view capabilities);

// Adds what the name in the server's reply to ID tells.
void add_quirks_by_id(Quirks& known, std::string_view server_name);

}  // namespace postroom::imap
