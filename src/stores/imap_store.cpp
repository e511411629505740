#include "stores/imap_store.hpp"

#include "imap/client/create.hpp"
#include "imap/client/log_out.hpp"
#include "imap/client/subscribe.hpp"
#include "stores/imap_folder.hpp"
#include "stores/store_errors.hpp"

namespace postroom::stores {

using mailbox::Task;

using mailbox::FolderInfo;

Task<std::vector<FolderInfo>> ImapStore::folders() {
  std::function<Task<std::vector<FolderInfo>>()> once = [this] { return connection_.list_again(); };
  auto listing = connection_.persist(std::move(once));
  co_return co_await std::move(listing);
}

Task<std::optional<FolderInfo>> ImapStore::folder(std::string path_or_role) {
  std::function<Task<std::optional<ImapPlace>>()> once = [&] {
    return connection_.find(path_or_role);
  };
  auto finding = connection_.persist(std::move(once));
  std::optional<ImapPlace> place = co_await std::move(finding);
  if (!place) co_return std::nullopt;
  co_return std::move(place->info);
}

Task<std::unique_ptr<mailbox::Folder>> ImapStore::open(std::string path_or_role,
                                                       mailbox::Access access) {
  std::function<Task<std::unique_ptr<mailbox::Folder>>()> once = [&] {
    return open_once(path_or_role, access);
  };
  auto opening = connection_.persist(std::move(once));
  co_return co_await std::move(opening);
}

// Repeated after a loss in its middle, it may find its own folder there already.
Task<bool> ImapStore::create(std::string path) {
  std::function<Task<bool>()> once = [&] { return create_once(path); };
  auto creating = connection_.persist(std::move(once));
  co_return co_await std::move(creating);
}

Task<std::unique_ptr<mailbox::Folder>> ImapStore::open_once(std::string path_or_role,
                                                            mailbox::Access access) {
  const std::string asked = path_or_role;
  ImapPlace place = co_await connection_.need(std::move(path_or_role));
  const imap::Access mode =
      access == mailbox::Access::read_write ? imap::Access::read_write : imap::Access::read_only;
  imap::SelectedFolder selected;
  bool is_missing = false;
  try {
    selected = co_await connection_.select(place.name, mode);
  } catch (const base::Error& error) {
    if (error.code() != "imap.no_such_folder")
      throw error.during("opening \"" + base::printable(asked, 200) + "\"");
    is_missing = true;  // removed since the list was fetched
  }
  if (is_missing) {
    const std::vector<mailbox::FolderInfo> infos = co_await connection_.list_again();
    throw mailbox::folder_not_found(asked, infos);
  }
  if (mode == imap::Access::read_write && selected.read_only)
    throw folder_read_only(place.info.path);
  OpenedFolder opened{connection_,
                      std::move(place.name),
                      std::move(place.info.path),
                      place.info.role,
                      connection_.numbering(),
                      mode,
                      std::make_shared<RecentIds>()};
  co_return std::make_unique<ImapFolder>(std::move(opened));
}

Task<bool> ImapStore::create_once(std::string path) {
  const std::optional<ImapPlace> there = co_await connection_.find(path);
  if (there) co_return false;
  const imap::MailboxName name = co_await connection_.name_of_new(std::move(path));
  auto creating = imap::create(connection_.client(), name);
  auto subscribing = imap::subscribe(connection_.client(), name);
  bool was_there = false;
  try {
    co_await creating.result();
  } catch (const base::Error& error) {
    if (error.code() != "imap.already_exists") throw;
    was_there = true;  // another client was faster
  }
  try {
    co_await subscribing.result();
  } catch (const base::Error& error) {
    if (!error.session_usable()) throw;  // a server without subscriptions is no reason to fail
  }
  connection_.forget_list();
  co_return !was_there;
}

Task<void> ImapStore::close() { co_await imap::log_out(connection_.client()); }

}  // namespace postroom::stores
