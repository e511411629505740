// ImapStore: an IMAP account as a Store. One connection; folders that are open share it and take
// turns in being selected.
#pragma once

#include <memory>

#include "mailbox/store.hpp"
#include "stores/imap_connection.hpp"

namespace postroom::stores {

class ImapStore final : public mailbox::Store {
 public:
  // `client` is signed in and knows its capabilities.
  explicit ImapStore(std::unique_ptr<imap::Client> client) : connection_(std::move(client)) {}

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
  ImapConnection connection_;
};

}  // namespace postroom::stores
