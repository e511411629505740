// ImapConnection: one signed-in IMAP client, which folder it has selected, and how the server's
// folder names map to
// '/'-separated Unicode paths.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imap/client/client.hpp"
#include "imap/client/select.hpp"
#include "mailbox/store.hpp"

namespace postroom::stores {

struct ImapPlace {
  mailbox::FolderInfo info;
  imap::MailboxName name;
};

class ImapConnection {
 public:
  // `client` is signed in.
  explicit ImapConnection(std::unique_ptr<imap::Client> client) : client_(std::move(client)) {}

  imap::Client& client() noexcept { return *client_; }

  // Selects `name` unless it is selected already. A folder selected for writing serves readers too.
  base::Task<imap::SelectedFolder> select(imap::MailboxName name, imap::Access access);

  // The folder that a user means. INBOX is known without asking; otherwise from the list, which is
  // fetched again when it does not have it.
  base::Task<std::optional<ImapPlace>> find(std::string path_or_role);
  // The same; throws Error{not_found, "folder.not_found"}.
  base::Task<ImapPlace> need(std::string path_or_role);
  base::Task<std::vector<mailbox::FolderInfo>> list_again();

  // The name on the wire of a folder that is to be made. Throws Error{config, "folder.bad_name"}.
  base::Task<imap::MailboxName> name_of_new(std::string path);
  void forget_list() noexcept { listed_ = false; }

 private:
  base::Task<void> fetch_list();
  const ImapPlace* find_listed(std::string_view path_or_role) const;
  std::string path_of(const imap::MailboxName& name, char delimiter) const;

  std::unique_ptr<imap::Client> client_;
  std::vector<ImapPlace> places_;
  std::vector<mailbox::FolderInfo> infos_;  // of places_
  std::string prefix_;     // of the personal name space, UTF-8: "INBOX." on some servers
  char delimiter_ = '\0';  // NUL: a flat name space
  bool listed_ = false;
};

}  // namespace postroom::stores
