// Store: the reading side of a session: folders by path or role.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailbox/folder.hpp"

namespace postroom::mailbox {

enum class Role { inbox, sent, drafts, trash, junk, archive, all, flagged };

// "@sent" and so on, as flows write them.
std::string_view to_string(Role role) noexcept;
std::optional<Role> role_of(std::string_view text) noexcept;  // with or without the '@', any case

struct FolderInfo {
  std::string
      path;  // '/' nests, whatever the server's own separator; "Inbox" for INBOX in any case
  std::optional<Role> role;
  bool selectable = true;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual Task<std::vector<FolderInfo>> folders() = 0;

  // The folder that a user means: a path ("Inbox/Invoices", INBOX in any case) or a role
  // ("@trash"). Nothing when it is not there. A cached list may answer.
  virtual Task<std::optional<FolderInfo>> folder(std::string path_or_role) = 0;

  // Error{not_found, "folder.not_found"} whose hint lists the nearest names. Error{unsupported,
  // "store.read_only"} for read_write where nothing can be changed.
  virtual Task<std::unique_ptr<Folder>> open(std::string path_or_role, Access access) = 0;

  // True when it was made, false when it was there already.
  virtual Task<bool> create(std::string path) = 0;

  // Abilities that are fixed for this connection, for checks before the first message.
  virtual bool can_move() const noexcept = 0;
  virtual bool can_flag() const noexcept = 0;
  virtual bool can_append() const noexcept = 0;
  virtual bool can_create() const noexcept = 0;

  // Says goodbye (LOGOUT), within a short limit; never throws.
  virtual Task<void> close() = 0;
};

// Folders whose paths match: '*' stands for any run of characters, INBOX in any case, roles by
// name. In list order.
std::vector<std::string> matching(const std::vector<FolderInfo>& folders, std::string_view pattern);

// Error{not_found, "folder.not_found"} for `path`, with the three nearest names in its hint.
base::Error folder_not_found(std::string_view path, const std::vector<FolderInfo>& folders);

}  // namespace postroom::mailbox
