// Text: one string of a response, where it stands in the receive buffer. Valid as long as the
// response is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::imap::wire {

struct Text {
  enum class Kind : std::uint8_t {
    nil,
    plain,     // raw is the value
    escaped,   // a quoted string with backslashes in raw
    detached,  // a large literal that went elsewhere: its bytes are not here
  };
  std::string_view raw;
  std::uint64_t detached_size = 0;
  Kind kind = Kind::nil;

  bool is_nil() const noexcept { return kind == Kind::nil; }
  std::string to_string() const;
  bool is(std::string_view word) const noexcept;  // ASCII case does not matter
};

}  // namespace postroom::imap::wire
