#include "stores/eml_store.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mime/message.hpp"
#include "stores/file_cursor.hpp"
#include "stores/folder_roles.hpp"
#include "stores/message_file.hpp"
#include "stores/store_errors.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;
using mailbox::FolderInfo;
using mailbox::MessageKey;
using mailbox::Task;

const FolderInfo inbox{"Inbox", mailbox::Role::inbox, true};

bool is_eml(const fs::path& file) { return base::ascii_iequals(file.extension().string(), ".eml"); }

class EmlFolder final : public mailbox::Folder {
 public:
  explicit EmlFolder(fs::path directory) : directory_(std::move(directory)) {}

  const std::string& path() const noexcept override { return inbox.path; }
  std::string generation() const override { return {}; }

  Task<std::unique_ptr<mailbox::MessageCursor>> find(mailbox::Query query, mailbox::Want want,
                                                     mailbox::Order order) override {
    std::vector<FileEntry> entries;
    std::error_code failed;
    for (fs::directory_iterator it(directory_, failed), end; !failed && it != end;
         it.increment(failed)) {
      std::error_code ignored;
      if (!is_eml(it->path()) || it->is_directory(ignored)) continue;
      entries.push_back({it->path().filename().string(), it->path().string(), {}});
    }
    if (failed) throw file_error("reading", directory_, failed.value());
    std::ranges::sort(entries, [&](const FileEntry& a, const FileEntry& b) {
      return order == mailbox::Order::oldest_first ? natural_less(a.key, b.key)
                                                   : natural_less(b.key, a.key);
    });
    FileFinder nowhere = [](const std::string&) { return std::nullopt; };
    co_return std::make_unique<FileCursor>(std::move(entries), std::move(nowhere), std::move(query),
                                           std::move(want), ReceivedFrom::headers);
  }

  Task<void> part(MessageKey key, mime::Part part, base::ByteSink& sink) override {
    const fs::path file = file_of(key);
    parsed_.at(file).write_part(part.id, sink);
    co_return;
  }

  Task<void> raw(MessageKey key, base::ByteSink& sink) override {
    const fs::path file = file_of(key);
    if (!copy_file_to(file, sink)) throw message_gone();
    co_return;
  }

  Task<std::vector<mailbox::Outcome>> remove(mailbox::MessageSet, mailbox::Removal) override {
    throw store_read_only(directory_.string());
    co_return std::vector<mailbox::Outcome>{};
  }

 private:
  ParsedFile parsed_;

  // A key is a bare file name: one from elsewhere must not lead out of the folder.
  fs::path file_of(const MessageKey& key) const {
    const fs::path name = key.text;
    std::error_code ignored;
    if (key.text.contains('/') || !is_eml(name) || !fs::exists(directory_ / name, ignored))
      throw message_gone();
    return directory_ / name;
  }

  fs::path directory_;
};

}  // namespace

Task<std::vector<FolderInfo>> EmlStore::folders() { co_return std::vector<FolderInfo>{inbox}; }

Task<std::optional<FolderInfo>> EmlStore::folder(std::string path_or_role) {
  const std::vector<FolderInfo> all = co_await folders();
  if (find_folder(all, path_or_role) == nullptr) co_return std::nullopt;
  co_return inbox;
}

Task<std::unique_ptr<mailbox::Folder>> EmlStore::open(std::string path_or_role,
                                                      mailbox::Access access) {
  const std::vector<FolderInfo> all = co_await folders();
  if (find_folder(all, path_or_role) == nullptr) throw mailbox::folder_not_found(path_or_role, all);
  if (access == mailbox::Access::read_write) throw store_read_only(directory_.string());
  co_return std::make_unique<EmlFolder>(directory_);
}

Task<bool> EmlStore::create(std::string) {
  throw store_read_only(directory_.string());
  co_return false;
}

}  // namespace postroom::stores
