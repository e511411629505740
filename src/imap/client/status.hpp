// STATUS (RFC 9051 section 6.3.11): counts of a folder that is not selected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "imap/client/command.hpp"

namespace postroom::imap {

struct FolderStatus {
  std::optional<std::uint64_t> messages, uid_next, uid_validity, unseen;
  std::string mailbox_id;  // RFC 8474; may be empty
};

class StatusExchange final : public Exchange {
 public:
  using Result = FolderStatus;
  explicit StatusExchange(MailboxName name) : Exchange("STATUS"), name_(std::move(name)) {}
  bool take(const wire::Response& response) override;
  FolderStatus take_result();

 private:
  MailboxName name_;
  std::optional<FolderStatus> status_;
};

// Not for the selected folder: servers may answer with old counts (RFC 9051 section 6.3.11).
Command<StatusExchange> status(Client& client, const MailboxName& name);

}  // namespace postroom::imap
