// What a folder's name says about its role, where the server says nothing. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "mailbox/store.hpp"

namespace postroom::stores {

// By the name that mail programs give it in many languages ("Gesendete Objekte", "Corbeille"): the
// last name of `path`, at the top or directly below Inbox. Nothing for any other.
std::optional<mailbox::Role> role_of_name(std::string_view path);

// Gives a role by name to folders where no folder has that role yet; the first in the list wins.
// INBOX is the inbox.
void add_roles_by_name(std::vector<mailbox::FolderInfo>& folders);

// The folder that a user means, by path (INBOX in any case) or "@role"; nullptr when there is none
// that can be opened.
const mailbox::FolderInfo* find_folder(const std::vector<mailbox::FolderInfo>& folders,
                                       std::string_view path_or_role);

// "Inbox" for INBOX in any case as the first name; no slash at either end.
std::string tidy_path(std::string_view path);

}  // namespace postroom::stores
