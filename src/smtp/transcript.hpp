// Transcript: who said what on one SMTP connection, for the doctor and the logs.
//
// Redacted where it is written: a credential line is "AUTH PLAIN [redacted]" or "[redacted]" and a
// body is one line with its size, so a transcript never needs cleaning. The server's lines are
// untrusted: print them with base::printable.
#pragma once

#include <string_view>

namespace postroom::smtp {

class Transcript {
 public:
  virtual ~Transcript() = default;
  // Without the line end. Must not throw.
  virtual void client_line(std::string_view line) noexcept = 0;  // C:
  virtual void server_line(std::string_view line) noexcept = 0;  // S:
};

}  // namespace postroom::smtp
