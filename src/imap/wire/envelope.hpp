// ENVELOPE (RFC 9051 section 7.5.2) in place. Header words stay raw: RFC 2047 is mime/'s.
#pragma once

#include <string_view>

#include "imap/wire/scanner.hpp"
#include "imap/wire/text.hpp"

namespace postroom::imap::wire {

struct Envelope {
  Text date;
  Text subject;
  // Address lists, without their outer parentheses: read them with for_each_address. Empty: NIL.
  std::string_view from, sender, reply_to, to, cc, bcc;
  Text in_reply_to;
  Text message_id;
};

// One mailbox, or the start (host NIL, mailbox set) or end (both NIL) of a group.
struct Address {
  Text name;
  Text mailbox;
  Text host;
  bool is_group_start() const noexcept { return host.is_nil() && !mailbox.is_nil(); }
  bool is_group_end() const noexcept { return host.is_nil() && mailbox.is_nil(); }
};

Envelope parse_envelope(Scanner& in);
// False at the list's end and where it cannot be read any further.
bool next_address(Scanner& in, Address& out);

template <class Visit>
void for_each_address(std::string_view list, Visit visit) {
  Scanner in(list);
  Address address;
  while (next_address(in, address)) visit(address);
}

}  // namespace postroom::imap::wire
