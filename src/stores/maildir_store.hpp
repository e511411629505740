// Mail on disk as a Store: a Maildir with its folders (read and write), or a folder of .eml files
// (read-only, one folder named Inbox).
#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.hpp"
#include "mailbox/store.hpp"

namespace postroom::stores {

// Throws Error{config, "maildir.not_found"} when there is no such folder. `clock` outlives the
// store.
std::unique_ptr<mailbox::Store> open_maildir(const std::filesystem::path& path,
                                             const base::Clock& clock = base::system_clock());

}  // namespace postroom::stores
