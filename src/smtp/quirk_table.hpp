// The table of quirks: who has each, what the server does, what we do about it, and by which words
// of its greeting it is known. docs/reference/quirks.md is printed from it.
#pragma once

#include <span>
#include <string_view>

#include "smtp/quirks.hpp"

namespace postroom::smtp {

struct QuirkEntry {
  std::string_view name;
  bool Quirks::* field;
  std::string_view servers;
  std::string_view what;         // the server does
  std::string_view response;     // we do
  std::string_view transcript;   // tests/transcripts/smtp/
  std::string_view greeting[6];  // any of them, somewhere in the greeting; case does not matter
};

std::span<const QuirkEntry> quirk_table() noexcept;

}  // namespace postroom::smtp
