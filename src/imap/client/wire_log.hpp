// WireLog: where the lines of a conversation go for somebody to read. The client has already left
// out what must not be seen: SASL lines, passwords, and the bytes of literals.
#pragma once

#include <string_view>

namespace postroom::imap {

class WireLog {
 public:
  virtual ~WireLog() = default;
  virtual void sent(std::string_view line) = 0;  // without line end
  virtual void received(std::string_view line) = 0;
};

}  // namespace postroom::imap
