// EmlStore: a plain folder of .eml files as a mailbox with one folder, Inbox. Read-only; folders
// below are not looked into.
#pragma once

#include <filesystem>

#include "mailbox/store.hpp"

namespace postroom::stores {

class EmlStore final : public mailbox::Store {
 public:
  explicit EmlStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

  mailbox::Task<std::vector<mailbox::FolderInfo>> folders() override;
  mailbox::Task<std::optional<mailbox::FolderInfo>> folder(std::string path_or_role) override;
  mailbox::Task<std::unique_ptr<mailbox::Folder>> open(std::string path_or_role,
                                                       mailbox::Access access) override;
  mailbox::Task<bool> create(std::string path) override;

  bool can_move() const noexcept override { return false; }
  bool can_flag() const noexcept override { return false; }
  bool can_append() const noexcept override { return false; }
  bool can_create() const noexcept override { return false; }
  mailbox::Task<void> close() override { co_return; }

 private:
  std::filesystem::path directory_;
};

}  // namespace postroom::stores
