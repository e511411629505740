// Mailbox names: UTF-8 for us, modified UTF-7 on the wire (RFC 3501 section 5.1.3).
#pragma once

#include <string>
#include <string_view>

namespace postroom::imap {

// Invalid UTF-8 becomes U+FFFD.
std::string to_modified_utf7(std::string_view utf8);

// What is not modified UTF-7 stays as it is (some servers send UTF-8 or Latin-1 names), made valid
// UTF-8.
std::string from_modified_utf7(std::string_view wire);

// Keeps the server's own spelling, so that a folder whose name it spells wrongly can still be
// opened.
class MailboxName {
 public:
  MailboxName() = default;
  static MailboxName from_utf8(std::string_view name);
  static MailboxName from_wire(std::string_view name);

  const std::string& wire() const noexcept { return wire_; }
  std::string utf8() const { return from_modified_utf7(wire_); }
  bool is_inbox() const noexcept;  // in any case (RFC 9051 section 5.1)
  bool operator==(const MailboxName& other) const noexcept;

 private:
  std::string wire_;
};

}  // namespace postroom::imap
