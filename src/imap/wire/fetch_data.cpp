#include "imap/wire/fetch_data.hpp"

#include <utility>

#include "base/text.hpp"

namespace postroom::imap::wire {
namespace {

using base::ascii_iequals;

// "BODY[" is read: the section, "]", and "<origin>".
void parse_section(Scanner& in, FetchData& out) {
  FetchedSection found;
  auto from = in.position();
  while (in.ok() && in.peek() != ']') {  // HEADER.FIELDS (A "B]" C)
    if (in.at_end()) return in.fail("a closing bracket");
    if (in.peek() == '"') {
      in.nstring();
    } else if (!in.accept(' ') && !in.accept('(') && !in.accept(')') && in.atom().empty()) {
      return in.fail("a section");
    }
  }
  found.section = in.since(from);
  in.expect(']');
  if (in.accept('<')) {
    found.origin = in.number();
    in.expect('>');
  }
  in.skip_spaces();
  out.sections.push_back(found);  // before its value: parse_literal_place looks here
  // Yandex sends nothing at all for an empty part.
  Text value = in.peek() == ')' ? Text{in.rest().substr(0, 0), 0, Text::Kind::plain} : in.nstring();
  out.sections.back().value = value;
  if (value.kind == Text::Kind::detached) out.sections.back().delivery = Delivery::streamed;
}

// In parentheses (RFC 7162, RFC 8474) or bare.
template <class Read>
auto in_parentheses(Scanner& in, Read read) {
  const bool closes = in.accept('(');
  in.skip_spaces();
  auto value = read(in);
  in.skip_spaces();
  if (closes) in.expect(')');
  return value;
}

std::string_view object_id(Scanner& in) {
  if (in.accept_word("NIL")) return {};
  return in_parentheses(in, [](Scanner& at) { return at.word(); });
}

void parse_item(Scanner& in, FetchData& out, const Limits& limits) {
  std::string_view name = in.atom();
  if (in.peek() == '[') {
    in.accept('[');
    if (ascii_iequals(name, "BODY") || ascii_iequals(name, "BINARY")) return parse_section(in, out);
    return in.fail("BODY before a section");
  }
  if (name.empty()) return in.fail("a FETCH item");
  in.skip_spaces();
  if (ascii_iequals(name, "UID")) {
    out.uid = Uid{static_cast<std::uint32_t>(in.number(UINT32_MAX))};
  } else if (ascii_iequals(name, "FLAGS")) {
    out.flags = in.list();
  } else if (ascii_iequals(name, "INTERNALDATE")) {
    out.internal_date = in.nstring();
  } else if (ascii_iequals(name, "RFC822.SIZE")) {
    out.size = in.number();
  } else if (ascii_iequals(name, "MODSEQ")) {
    out.modseq = in_parentheses(in, [](Scanner& at) { return at.number(); });
  } else if (ascii_iequals(name, "EMAILID") || ascii_iequals(name, "X-GM-MSGID")) {
    out.mail_id = object_id(in);
  } else if (ascii_iequals(name, "THREADID") || ascii_iequals(name, "X-GM-THRID")) {
    out.thread_id = object_id(in);
  } else if (ascii_iequals(name, "X-GM-LABELS")) {
    out.labels = in.list();
  } else if (ascii_iequals(name, "ENVELOPE")) {
    out.envelope = parse_envelope(in);
  } else if (ascii_iequals(name, "BODYSTRUCTURE") || ascii_iequals(name, "BODY")) {
    parse_body_structure(in, out.structure, limits);
  } else {
    in.skip_value();
  }
}

}  // namespace

void parse_fetch_items(Scanner& in, FetchData& out, const Limits& limits) {
  in.expect('(');
  // Domino wraps single items: "(UID 1 (ENVELOPE (...)) FLAGS ())".
  bool wrapped = false;
  while (in.skip_spaces(), in.ok()) {
    if (in.peek() == ')') {
      if (!std::exchange(wrapped, false)) break;
      in.accept(')');
    } else if (!wrapped && in.accept('(')) {
      wrapped = true;
    } else {
      parse_item(in, out, limits);
    }
  }
  in.expect(')');
}

const FetchedSection* FetchData::find_section(std::string_view section) const noexcept {
  for (const FetchedSection& found : sections) {
    if (ascii_iequals(found.section, section)) return &found;
  }
  return nullptr;
}

bool FetchData::has_flag(std::string_view flag) const noexcept {
  bool found = false;
  if (flags)
    for_each_word(*flags,
                  [&](std::string_view word) { found = found || ascii_iequals(word, flag); });
  return found;
}

void FetchData::clear() noexcept {
  auto parts = std::move(structure.parts);
  auto kept = std::move(sections);
  *this = FetchData{};
  parts.clear();
  kept.clear();
  structure.parts = std::move(parts);
  sections = std::move(kept);
}

std::optional<LiteralPlace> parse_literal_place(std::string_view head, FetchData& scratch,
                                                const Limits& limits) {
  scratch.clear();
  Scanner in(head);
  in.expect('*');
  in.space();
  scratch.number = SequenceNumber{static_cast<std::uint32_t>(in.number(UINT32_MAX))};
  in.space();
  if (!in.accept_word("FETCH")) return std::nullopt;
  in.space();
  parse_fetch_items(in, scratch, limits);
  // Only a section's own value may be a literal after it was pushed and before the next item is
  // read.
  if (!in.stopped_at_literal() || scratch.sections.empty()) return std::nullopt;
  const FetchedSection& last = scratch.sections.back();
  if (last.value.kind != Text::Kind::nil || in.expected() == nullptr) return std::nullopt;
  std::string_view before = head.substr(0, head.rfind('{'));
  if (before.ends_with('~')) before.remove_suffix(1);
  if (!before.ends_with("] ") && !before.ends_with("> ")) return std::nullopt;
  return LiteralPlace{scratch.number, scratch.uid, last.section};
}

}  // namespace postroom::imap::wire
