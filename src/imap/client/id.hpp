// ID (RFC 2971): who is talking. Some servers refuse SELECT before it (Quirks::wants_id).
#pragma once

#include <string>
#include <string_view>

#include "imap/client/command.hpp"

namespace postroom::imap {

struct ServerId {
  std::string name;
  std::string version;
};

class IdExchange final : public Exchange {
 public:
  using Result = ServerId;
  IdExchange() : Exchange("ID") {}
  bool take(const wire::Response& response) override;
  ServerId take_result();

 private:
  ServerId found_;
};

// Needs the capability ID. Tells the server our name and version, nothing about the user or the
// machine.
Command<IdExchange> id(Client& client, std::string_view version);

}  // namespace postroom::imap
