// NAMESPACE (RFC 2342): where the user's own folders hang, "INBOX." on some servers.
#pragma once

#include <string>

#include "imap/client/command.hpp"

namespace postroom::imap {

struct PersonalNameSpace {
  std::string prefix;     // wire spelling
  char delimiter = '\0';  // NUL: unknown or flat
};

class NameSpaceExchange final : public Exchange {
 public:
  using Result = PersonalNameSpace;
  NameSpaceExchange() : Exchange("NAMESPACE") {}
  bool take(const wire::Response& response) override;
  PersonalNameSpace take_result();

 private:
  PersonalNameSpace found_;
};

// Needs the capability NAMESPACE.
Command<NameSpaceExchange> name_space(Client& client);

}  // namespace postroom::imap
