#include "imap/wire/envelope.hpp"

namespace postroom::imap::wire {
namespace {

// Some servers write "" for an empty list, or a bare address.
std::string_view address_list(Scanner& in) {
  if (in.peek() == '(') return in.list();
  in.nstring();
  return {};
}

// Servers leave out the last fields, or all of them, of mail that they cannot read.
bool has_more(Scanner& in) {
  in.skip_spaces();
  return in.ok() && in.peek() != ')';
}

Text next_field(Scanner& in) {
  if (!has_more(in)) return {};
  if (in.peek() != '(') return in.nstring();
  in.list();
  return {};
}

}  // namespace

Envelope parse_envelope(Scanner& in) {
  Envelope out;
  if (in.accept_word("NIL")) return out;
  in.expect('(');
  out.date = next_field(in);
  out.subject = next_field(in);
  for (std::string_view* list :
       {&out.from, &out.sender, &out.reply_to, &out.to, &out.cc, &out.bcc}) {
    if (has_more(in)) *list = address_list(in);
  }
  out.in_reply_to = next_field(in);
  out.message_id = next_field(in);
  while (has_more(in)) in.skip_value();
  in.expect(')');
  return out;
}

bool next_address(Scanner& in, Address& out) {
  // "(NIL (...))" instead of "((...))".
  while (in.skip_spaces(), in.ok() && !in.at_end() && in.peek() != '(') in.nstring();
  if (!in.ok() || in.at_end()) return false;
  in.expect('(');
  out.name = next_field(in);
  next_field(in);  // the source route of RFC 822
  out.mailbox = next_field(in);
  out.host = next_field(in);
  while (has_more(in)) in.skip_value();
  in.expect(')');
  return in.ok();
}

}  // namespace postroom::imap::wire
