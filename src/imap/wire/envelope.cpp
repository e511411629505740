#include "imap/wire/envelope.hpp"

namespace postroom::imap::wire {
namespace {

// Some servers write "" for an empty list.
std::string_view address_list(Scanner& in) {
  if (in.peek() == '"') {
    in.nstring();
    return {};
  }
  return in.list();
}

}  // namespace

Envelope parse_envelope(Scanner& in) {
  Envelope out;
  in.expect('(');
  out.date = in.nstring();
  in.space();
  out.subject = in.nstring();
  for (std::string_view* list :
       {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc}) {
    in.space();
    *list = address_list(in);
  }
  in.space();
  out.in_reply_to = in.nstring();
  in.skip_spaces();
  // Missing in envelopes that some servers write for broken mail.
  if (in.peek() != ')') out.message_id = in.nstring();
  in.skip_spaces();
  in.expect(')');
  return out;
}

bool next_address(Scanner& in, Address& out) {
  in.skip_spaces();
  if (!in.ok() || in.at_end()) return false;
  in.expect('(');
  out.name = in.nstring();
  in.space();
  in.nstring();  // the source route of RFC 822
  in.space();
  out.mailbox = in.nstring();
  in.space();
  out.host = in.nstring();
  in.skip_spaces();
  in.expect(')');
  return in.ok();
}

}  // namespace postroom::imap::wire
