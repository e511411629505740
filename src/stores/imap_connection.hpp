// ImapConnection: one signed-in IMAP client, replaced by another when it is lost, which folder it
// has selected, and how the server's folder names map to '/'-separated Unicode paths.
//
// Knows how to go on after a loss. Does not know when: stores/recovery.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imap/client/client.hpp"
#include "imap/client/select.hpp"
#include "mailbox/store.hpp"
#include "stores/recovery.hpp"

namespace postroom::stores {

struct ImapPlace {
  mailbox::FolderInfo info;
  imap::MailboxName name;
};

class ImapConnection {
 public:
  using Open = std::function<base::Task<std::unique_ptr<imap::Client>>()>;

  // `client` is signed in. Without `open_again` and `recovery` a lost connection stays lost.
  explicit ImapConnection(std::unique_ptr<imap::Client> client, Open open_again = {},
                          Recovery* recovery = nullptr);

  // Good until the next persist(): what outlives that keeps `client_kept`.
  imap::Client& client() noexcept { return *client_; }
  std::shared_ptr<imap::Client> client_kept() const noexcept { return client_; }

  // Runs `once` until it comes to its end: after a loss on a new connection, after a throttling
  // answer when the pause is over. `once` makes a new task each time, selects what it needs, and
  // tells apart what it has done already. Not to be nested.
  template <class T>
  base::Task<T> persist(std::function<base::Task<T>()> once) {
    while (true) {
      co_await revive();
      std::optional<base::Error> passing;
      try {
        base::Task<T> trying = once();
        T result = co_await std::move(trying);
        progressed();
        co_return result;
      } catch (const base::Error& error) {
        if (!is_passing(error)) throw;
        passing = error;
      }
      co_await wait_after(*passing);
    }
  }
  // Whether another try may help: a connection was lost, or the server asks for a pause.
  bool is_passing(const base::Error& error) const noexcept;
  void progressed() noexcept;
  // Folders are labels: a message is in several at once, and in "All Mail" as long as it exists
  // (Gmail).
  bool has_labels() const noexcept;
  bool can_recover() const noexcept { return recovery_ != nullptr && open_again_ != nullptr; }

  // Selects `name` unless it is selected already. A folder selected for writing serves readers too.
  base::Task<imap::SelectedFolder> select(imap::MailboxName name, imap::Access access);
  // The same, selected already or not: its numbers are those of now.
  base::Task<imap::SelectedFolder> select_anew(imap::MailboxName name, imap::Access access);
  // Whose UIDs the selected folder has now, for keys: stores/imap_key.
  std::string numbering() const;

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
  base::Task<void> revive();
  base::Task<void> wait_after(base::Error error);
  base::Task<void> fetch_list();
  const ImapPlace* find_listed(std::string_view path_or_role) const;
  std::string path_of(const imap::MailboxName& name, char delimiter) const;

  std::shared_ptr<imap::Client> client_;
  Open open_again_;
  Recovery* recovery_;
  std::optional<base::Error> given_up_;  // why there will be no other connection
  std::string mark_;                     // of this connection; random
  int old_news_ = 0;                     // losses of earlier connections, without progress
  std::uint64_t selections_ = 0;         // on all connections
  std::vector<ImapPlace> places_;
  std::vector<mailbox::FolderInfo> infos_;  // of places_
  std::string prefix_;     // of the personal name space, UTF-8: "INBOX." on some servers
  char delimiter_ = '\0';  // NUL: a flat name space
  bool listed_ = false;
};

}  // namespace postroom::stores
