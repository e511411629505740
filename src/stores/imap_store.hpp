// ImapStore: an IMAP account as a Store. One connection at a time; folders that are open share it
// and take turns in being selected.
#pragma once

#include <memory>

#include "mailbox/store.hpp"
#include "stores/imap_connection.hpp"

namespace postroom::stores {

class ImapStore final : public mailbox::Store {
 public:
  // `client` is signed in and knows its capabilities. Without the rest a lost connection stays
  // lost.
  explicit ImapStore(std::unique_ptr<imap::Client> client, ImapConnection::Open open_again = {},
                     Recovery* recovery = nullptr)
      : connection_(std::move(client), std::move(open_again), recovery) {}

  mailbox::Task<std::vector<mailbox::FolderInfo>> folders() override;
  mailbox::Task<std::optional<mailbox::FolderInfo>> folder(std::string path_or_role) override;
  mailbox::Task<std::unique_ptr<mailbox::Folder>> open(std::string path_or_role,
                                                       mailbox::Access access) override;
  mailbox::Task<bool> create(std::string path) override;

  bool can_move() const noexcept override { return true; }
  bool can_flag() const noexcept override { return true; }
  bool can_append() const noexcept override { return true; }
  bool can_create() const noexcept override { return true; }
  mailbox::Task<void> close() override;

 private:
  mailbox::Task<std::unique_ptr<mailbox::Folder>> open_once(std::string path_or_role,
                                                            mailbox::Access access);
  mailbox::Task<bool> create_once(std::string path);

  ImapConnection connection_;
};

}  // namespace postroom::stores
