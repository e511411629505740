// Quirks: what real servers do otherwise than RFC 5321 and their own EHLO say. Each is a named
// field, chosen at run time from the greeting; a user's flow never sees them.
#pragma once

#include <span>
#include <string_view>

namespace postroom::smtp {

struct Quirks {
  bool takes_chunks = false;
  bool hello_again = false;
  bool no_pipelining = false;
  bool operator==(const Quirks&) const = default;
};

// One line of the table that docs/reference/quirks.md is printed from.
struct QuirkRow {
  std::string_view name;        // the field
  std::string_view servers;     // who
  std::string_view what;        // what it does, and what we do about it
  std::string_view how_chosen;  // by what
  std::string_view transcript;  // in tests/transcripts/smtp
};

// One row for each field, in the fields' order.
std::span<const QuirkRow> quirk_table() noexcept;

// From the greeting's text, as the server wrote it.
Quirks detect_quirks(std::string_view greeting);

}  // namespace postroom::smtp
