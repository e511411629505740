// The one table of what servers do otherwise than the RFCs say: detection reads it, and
// docs/reference/quirks.md is made from it (tools/docs).
//
// A quirk changes what we do and is a field of Quirks. A tolerance is reading what some server
// sends although the grammar forbids it; it is always on, because it costs nothing where it is not
// needed.
#pragma once

#include <span>
#include <string_view>

#include "imap/quirks.hpp"

namespace postroom::imap {

struct QuirkSign {
  enum class Where { none, greeting, capability, server_id, refusal };
  Where where = Where::none;
  std::string_view text;  // part of the greeting or the name; a whole capability word or code
};

struct QuirkEntry {
  std::string_view name;
  bool Quirks::* field;
  std::string_view servers;
  std::string_view what;        // the server does
  std::string_view response;    // we do
  std::string_view transcript;  // tests/transcripts/imap/
  QuirkSign signs[4] = {};      // any of them; none: nothing that a server says tells
};

struct ToleranceEntry {
  std::string_view name;
  std::string_view servers;
  std::string_view what;
  std::string_view response;
  std::string_view transcript;
};

std::span<const QuirkEntry> quirk_table() noexcept;
std::span<const ToleranceEntry> tolerance_table() noexcept;

// Null for a name that is no quirk.
const QuirkEntry* find_quirk(std::string_view name) noexcept;

}  // namespace postroom::imap
