// NAMESPACE (RFC 2342): where the user's own folders hang ("INBOX." on some servers), other users'
// folders, and shared ones.
#pragma once

#include <string>
#include <vector>

#include "imap/client/command.hpp"

namespace postroom::imap {

struct NameSpace {
  std::string prefix;     // modified UTF-7, whatever the wire spelling was
  char delimiter = '\0';  // NUL: unknown or flat
  bool operator==(const NameSpace&) const = default;
};

// The first personal name space, which is where new folders go.
struct PersonalNameSpace : NameSpace {
  std::vector<NameSpace> personal, other_users, shared;  // all of them, in the server's order
};

class NameSpaceExchange final : public Exchange {
 public:
  using Result = PersonalNameSpace;
  explicit NameSpaceExchange(const Client& client) : Exchange("NAMESPACE"), client_(client) {}
  bool take(const wire::Response& response) override;
  PersonalNameSpace take_result();

 private:
  const Client& client_;
  PersonalNameSpace found_;
  bool is_answered_ = false;
};

// Needs the capability NAMESPACE.
Command<NameSpaceExchange> name_space(Client& client);

}  // namespace postroom::imap
