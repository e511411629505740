// The table behind wire/reply_cause: what servers say when they refuse, and what it means. Read
// from the top, the first row that fits counts. Internal.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace postroom::smtp {

constexpr int any = -1;

// An enhanced code; all `any`: not looked at.
struct Pattern {
  int status_class = any, subject = any, detail = any;
};

struct Advice {
  base::ErrorKind kind;
  std::string_view error_code;
  std::string_view message;
  std::string_view hint;
};

enum class Again { no, later };

struct Cause {
  int code;                // any, or the whole code, or its first digit
  Pattern enhanced;        // all `any`: not looked at
  std::string_view words;  // lower case, somewhere in the reply; empty: not looked at
  unsigned stages;
  const Advice& advice;
  Again again = Again::no;
  std::chrono::seconds retry_after{0};
};

constexpr unsigned at(Stage stage) { return static_cast<unsigned>(stage); }

// Its last row fits everything.
std::span<const Cause> reply_causes() noexcept;

}  // namespace postroom::smtp
