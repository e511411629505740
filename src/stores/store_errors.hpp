// Errors that every store words alike.
#pragma once

#include <string_view>

#include "base/error.hpp"

namespace postroom::stores {

base::Error message_gone();            // not_found, message.gone
base::Error description_unreadable();  // refused, message.unreadable
base::Error content_not_given();       // refused, message.not_given
// refused and transient, folder.renumbered: keys from before name nothing any more.
base::Error folder_renumbered(std::string_view path);
base::Error no_trash();                               // not_found, folder.no_trash
base::Error folder_read_only(std::string_view path);  // unsupported, folder.read_only
base::Error store_read_only(std::string_view what);   // unsupported, store.read_only

// A refusal that may mean one message of the many that a command named, and not the command, the
// server's load or the user.
bool may_be_about_one_message(const base::Error& error) noexcept;

}  // namespace postroom::stores
