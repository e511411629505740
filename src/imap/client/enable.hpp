// ENABLE (RFC 5161): switches extensions on that change what the server sends. What it confirmed is
// remembered: Client::is_enabled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "imap/client/command.hpp"

namespace postroom::imap {

class EnableExchange final : public Exchange {
 public:
  using Result = std::vector<std::string>;
  EnableExchange(Client& client, std::vector<std::string> asked)
      : Exchange("ENABLE"), client_(client), asked_(std::move(asked)) {}
  bool take(const wire::Response& response) override;
  Result take_result();

 private:
  Client& client_;
  std::vector<std::string> asked_;
  Result enabled_;
};

// Signed in, and before any folder is selected (RFC 5161 section 3.1, RFC 6855 section 3). `words`
// such as {"IMAP4rev2", "UTF8=ACCEPT", "CONDSTORE"}: those that the server does not offer are left
// out, and nothing is sent if none is left. result() is what was confirmed; a server that offers an
// extension and refuses to enable it gives nothing, which is no error.
//
// Wait for result() before anything else is started: UTF8=ACCEPT and IMAP4rev2 change the spelling
// of mailbox names. UTF8=ONLY counts as an offer of UTF8=ACCEPT. QRESYNC brings CONDSTORE.
Command<EnableExchange> enable(Client& client, const std::vector<std::string_view>& words);

}  // namespace postroom::imap
