// A command about a set of messages whose parts may be refused one by one.
#pragma once

#include <optional>
#include <vector>

#include "imap/client/command.hpp"
#include "imap/client/messages.hpp"

namespace postroom::imap {

struct SetResult {
  UidSet done;  // the server said OK to these; for a saved result both sets stay empty
  UidSet refused;
  // Not done, though the command was accepted: changed by somebody else meanwhile (MODIFIED,
  // RFC 7162 section 3.1.3).
  UidSet modified;
  std::optional<base::Error> refusal;  // the first one
};

class SetExchange : public Exchange {
 public:
  using Result = SetResult;
  SetExchange(std::string_view name, std::vector<UidSet> sets)
      : Exchange(name), sets_(std::move(sets)) {}
  // Throws only what broke the connection: a refusal is in the result.
  SetResult take_result();

 protected:
  void accept(std::size_t part, const wire::Status& status) override;
  void refuse(std::size_t part, const wire::Status& status, const base::Error& error) override;

 private:
  std::vector<UidSet> sets_;
  SetResult result_;
};

// Empty messages: nothing is sent, and the result is empty.
Command<SetExchange> start_set(Client& client, std::string_view verb, const Messages& messages,
                               const CommandText& tail);

}  // namespace postroom::imap
