#include "stores/store_errors.hpp"

namespace postroom::stores {
namespace {

using base::Error;
using base::ErrorKind;

Error usable(Error error) { return error.set_session_usable(true); }

}  // namespace

Error message_gone() {
  return usable(
      Error(ErrorKind::not_found, "message.gone", "the message is not there any more",
            "another program has moved or removed it; run again to see what is there now"));
}

Error description_unreadable() {
  return usable(Error(ErrorKind::refused, "message.unreadable",
                      "what the server says of this message cannot be read",
                      "open it in a mail program; if it is fine there, move it out of the way"));
}

Error content_not_given() {
  base::Error error(base::ErrorKind::refused, "message.not_given",
                    "the server lists the message and does not give its content",
                    "look at it with a mail program: the server may have damaged or lost it");
  error.set_session_usable(true);
  return error;
}

Error folder_renumbered(std::string_view path) {
  return usable(
      Error(ErrorKind::refused, "folder.renumbered",
            "the server has renumbered the folder \"" + base::printable(path, 200) + "\" meanwhile",
            "run again: messages that are done are recognised by their Message-ID")
          .set_transient(true));
}

Error no_trash() {
  return usable(Error(ErrorKind::not_found, "folder.no_trash", "this mailbox has no trash folder",
                      "create one named Trash, or delete with how: permanent"));
}

Error folder_read_only(std::string_view path) {
  return usable(
      Error(ErrorKind::unsupported, "folder.read_only",
            "the folder \"" + base::printable(path, 200) + "\" was opened for reading only",
            "open it for writing; if it is a shared folder, ask its owner for the right"));
}

Error store_read_only(std::string_view what) {
  return usable(Error(ErrorKind::unsupported, "store.read_only",
                      base::printable(what, 300) + " is a folder of .eml files, which is only read",
                      "use a Maildir or a mail server for steps that change mail"));
}

bool may_be_about_one_message(const base::Error& error) noexcept {
  return error.session_usable() && error.kind() != base::ErrorKind::throttled &&
         error.kind() != base::ErrorKind::auth;
}

}  // namespace postroom::stores
