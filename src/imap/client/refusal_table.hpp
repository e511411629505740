// What servers say when they refuse, and what each of it means: response codes (RFC 5530 and
// others) and the servers' own phrases, collected from what users reported.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.hpp"

namespace postroom::imap {

// Where a refusal was heard.
enum class Heard : std::uint8_t { command = 1, sign_in = 2, bye = 4, anywhere = 7 };

struct RefusalRow {
  Heard heard;
  // Any of them is enough; empty ones do not count.
  std::string_view response_codes[4];  // "LIMIT"
  std::string_view phrases[6];         // parts of the text, case does not matter
  base::ErrorKind kind;
  std::string_view code;
  std::string_view message;
  std::string_view hint;
  enum class Retry : std::uint8_t { useless, may_succeed } retry = Retry::useless;
  // Of the connection, behind a refused command.
  enum class Session : std::uint8_t { usable, lost } session = Session::usable;
  // Until another try makes sense, unless the server says it; 0: nobody knows.
  std::chrono::seconds retry_after{0};
};

// The first row that fits is meant.
std::span<const RefusalRow> refusal_table() noexcept;

}  // namespace postroom::imap
