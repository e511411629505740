#include "stores/maildir_store.hpp"

#include "base/error.hpp"
#include "stores/eml_store.hpp"
#include "stores/folder_roles.hpp"
#include "stores/maildir_folder.hpp"
#include "stores/maildir_layout.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;
using mailbox::FolderInfo;
using mailbox::Task;

class MaildirStore final : public mailbox::Store {
 public:
  MaildirStore(fs::path root, const base::Clock& clock) : root_(std::move(root)), clock_(clock) {}

  Task<std::vector<FolderInfo>> folders() override { co_return infos_of(list_maildirs(root_)); }

  Task<std::optional<FolderInfo>> folder(std::string path_or_role) override {
    const std::vector<FolderInfo> infos = infos_of(list_maildirs(root_));
    const FolderInfo* found = find_folder(infos, path_or_role);
    if (found == nullptr) co_return std::nullopt;
    co_return *found;
  }

  Task<std::unique_ptr<mailbox::Folder>> open(std::string path_or_role,
                                              mailbox::Access access) override {
    MaildirPlace place = place_of(root_, path_or_role);
    if (access == mailbox::Access::read_write) complete_maildir(place.directory);
    MaildirFolder::Resolver resolve = [root = root_](const std::string& wanted) {
      const fs::path directory = place_of(root, wanted).directory;
      complete_maildir(directory);  // something is about to be put there
      return directory;
    };
    co_return std::make_unique<MaildirFolder>(
        std::move(place.info.path), std::move(place.directory), access, std::move(resolve), clock_);
  }

  Task<bool> create(std::string path) override {
    const std::vector<FolderInfo> infos = infos_of(list_maildirs(root_));
    if (find_folder(infos, path) != nullptr) co_return false;
    make_maildir(root_, path);
    co_return true;
  }

  bool can_move() const noexcept override { return true; }
  bool can_flag() const noexcept override { return true; }
  bool can_append() const noexcept override { return true; }
  bool can_create() const noexcept override { return true; }
  Task<void> close() override { co_return; }

 private:
  static std::vector<FolderInfo> infos_of(const std::vector<MaildirPlace>& places) {
    std::vector<FolderInfo> infos;
    for (const MaildirPlace& place : places) infos.push_back(place.info);
    return infos;
  }

  static MaildirPlace place_of(const fs::path& root, const std::string& wanted) {
    const std::vector<MaildirPlace> places = list_maildirs(root);
    const std::vector<FolderInfo> infos = infos_of(places);
    const FolderInfo* found = find_folder(infos, wanted);
    if (found == nullptr) throw mailbox::folder_not_found(wanted, infos);
    return places[static_cast<std::size_t>(found - infos.data())];
  }

  fs::path root_;
  const base::Clock& clock_;
};

}  // namespace

std::unique_ptr<mailbox::Store> open_maildir(const fs::path& path, const base::Clock& clock) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) {
    throw base::Error(
        base::ErrorKind::config, "maildir.not_found",
        "there is no folder " + base::printable(path.string(), 300),
        "give the path of a Maildir (it holds cur, new and tmp) or of a folder of .eml files");
  }
  if (is_maildir(path)) return std::make_unique<MaildirStore>(path, clock);
  return std::make_unique<EmlStore>(path);
}

}  // namespace postroom::stores
