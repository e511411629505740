// Where the folders of a Maildir lie on disk: the root itself (Inbox), Maildir++ (".Name.Sub",
// modified UTF-7) and plain nested folders ("Name/Sub", UTF-8), all as '/'-separated Unicode paths.
#pragma once

#include <filesystem>
#include <vector>

#include "mailbox/store.hpp"

namespace postroom::stores {

struct MaildirPlace {
  mailbox::FolderInfo info;
  std::filesystem::path directory;  // has cur, new and tmp
};

// A folder with cur or new, or with a folder directly below that has.
bool is_maildir(const std::filesystem::path& root);

// Inbox first, then by path. Roles by name.
std::vector<MaildirPlace> list_maildirs(const std::filesystem::path& root);

// Makes cur, new and tmp of a new folder, in the form that the others have. Throws Error{config,
// "folder.bad_name"} for a path that cannot be one, Error{storage}.
void make_maildir(const std::filesystem::path& root, std::string_view path);

// cur, new and tmp of a folder that is there, where one is missing. Throws Error{storage}.
void complete_maildir(const std::filesystem::path& directory);

}  // namespace postroom::stores
