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
  // Only where StatusItems asked and the server has it.
  std::optional<std::uint64_t> size, deleted, highest_modseq;
};

// Beyond the counts that every server has. Asked only where the server offers it: size is
// STATUS=SIZE (RFC 8438; some servers open every message for it), deleted IMAP4rev2,
// highest_modseq CONDSTORE.
struct StatusItems {
  bool size = false;
  bool deleted = false;
  bool highest_modseq = false;
};

class StatusExchange final : public Exchange {
 public:
  using Result = FolderStatus;
  StatusExchange(const Client& client, MailboxName name)
      : Exchange("STATUS"), client_(client), name_(std::move(name)) {}
  bool take(const wire::Response& response) override;
  FolderStatus take_result();

 private:
  const Client& client_;
  MailboxName name_;
  std::optional<FolderStatus> status_;
};

// Not for the selected folder: servers may answer with old counts (RFC 9051 section 6.3.11).
Command<StatusExchange> status(Client& client, const MailboxName& name, StatusItems items = {});

// For LIST-STATUS: "(MESSAGES UIDNEXT ...)".
std::string status_items_text(const Client& client, StatusItems items);
FolderStatus folder_status_of(const wire::StatusData& data);

}  // namespace postroom::imap
