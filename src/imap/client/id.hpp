// ID (RFC 2971): who is talking. Some servers refuse SELECT before it (Quirks::wants_id).
#pragma once

#include <string>
#include <string_view>

#include "imap/client/command.hpp"

namespace postroom::imap {

struct ServerId {
  std::string name;
  std::string version;
  std::string vendor;
};

class IdExchange final : public Exchange {
 public:
  using Result = ServerId;
  explicit IdExchange(Client& client) : Exchange("ID"), client_(client) {}
  bool take(const wire::Response& response) override;
  ServerId take_result();

 private:
  Client& client_;
  ServerId found_;
  bool is_answered_ = false;
};

// Needs the capability ID. Tells the server our name and version, nothing about the user or the
// machine. What the server says of itself adds to Client::quirks. A refused ID is an empty result.
Command<IdExchange> id(Client& client, std::string_view version);

}  // namespace postroom::imap
