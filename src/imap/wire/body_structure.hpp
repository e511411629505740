// BODYSTRUCTURE (RFC 9051 section 7.5.2) as a flat tree in place: parts in the order they stand,
// each with its parent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/limits.hpp"
#include "imap/wire/scanner.hpp"
#include "imap/wire/text.hpp"

namespace postroom::imap::wire {

struct BodyPart {
  int parent = -1;             // index; -1 for the root
  std::uint32_t position = 1;  // among its parent's children, from 1
  bool is_multipart = false;
  bool holds_message = false;  // message/rfc822 whose own structure follows
  Text type;                   // nil for a multipart
  Text subtype;
  std::string_view
      parameters;  // name value ...: read with for_each_parameter; RFC 2231 and 2047 not decoded
  Text id;
  Text description;
  Text encoding;
  std::uint64_t size = 0;  // encoded
  std::uint64_t lines = 0;
  Text disposition;
  std::string_view disposition_parameters;
  Text location;              // Content-Location
  std::string_view envelope;  // of a held message, for a Scanner with parse_envelope
};

struct BodyStructure {
  std::vector<BodyPart> parts;  // parts[0] is the root
  // "2.1", as in BODY[2.1]; empty for a multipart root and for the root of a held message, which
  // has no number of its own (RFC 9051 section 6.4.5.1).
  std::string section(std::size_t index) const;
};

// Reuses out.parts.
void parse_body_structure(Scanner& in, BodyStructure& out, const Limits& limits);

template <class Visit>
void for_each_parameter(std::string_view list, Visit visit) {
  Scanner in(list);
  while (in.skip_spaces(), !in.at_end()) {
    Text name = in.nstring();
    in.space();
    Text value = in.nstring();
    if (!in.ok()) return;
    visit(name, value);
  }
}

}  // namespace postroom::imap::wire
