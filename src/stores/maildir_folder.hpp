// MaildirFolder: one folder of a Maildir. Other programs may deliver, rename and remove at any
// time; nobody locks.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "mailbox/folder.hpp"
#include "stores/file_cursor.hpp"
#include "stores/maildir_files.hpp"
#include "stores/maildir_name.hpp"
#include "stores/message_file.hpp"

namespace postroom::stores {

class MaildirFolder final : public mailbox::Folder,
                            private mailbox::Moving,
                            private mailbox::Flagging,
                            private mailbox::Appending {
 public:
  // Where a folder that a user means lies; throws Error{not_found}.
  using Resolver = std::function<std::filesystem::path(const std::string& path_or_role)>;

  // `clock` outlives this; `resolve` stays callable as long.
  MaildirFolder(std::string path, std::filesystem::path directory, mailbox::Access access,
                Resolver resolve, const base::Clock& clock);

  const std::string& path() const noexcept override { return path_; }
  std::string generation() const override { return {}; }
  mailbox::Task<std::unique_ptr<mailbox::MessageCursor>> find(mailbox::Query query,
                                                              mailbox::Want want,
                                                              mailbox::Order order) override;
  mailbox::Task<void> part(mailbox::MessageKey key, mime::Part part, base::ByteSink& sink) override;
  mailbox::Task<void> raw(mailbox::MessageKey key, base::ByteSink& sink) override;
  mailbox::Task<std::vector<mailbox::Outcome>> remove(mailbox::MessageSet set,
                                                      mailbox::Removal how) override;

  mailbox::Moving* moving() noexcept override { return is_writable() ? this : nullptr; }
  mailbox::Flagging* flagging() noexcept override { return is_writable() ? this : nullptr; }
  mailbox::Appending* appending() noexcept override { return is_writable() ? this : nullptr; }

 private:
  ParsedFile parsed_;

  struct Located {
    std::filesystem::path file;
    MaildirName name;
  };

  mailbox::Task<std::vector<mailbox::Outcome>> move(mailbox::MessageSet set,
                                                    std::string target) override;
  mailbox::Task<std::vector<mailbox::Outcome>> copy(mailbox::MessageSet set,
                                                    std::string target) override;
  mailbox::Task<std::vector<mailbox::Outcome>> set_flag(mailbox::MessageSet set, mailbox::Flag flag,
                                                        bool is_set) override;
  mailbox::Task<std::optional<mailbox::MessageKey>> append(
      base::ByteSource& message, mailbox::Flags flags,
      std::optional<base::Instant> received) override;

  bool is_writable() const noexcept { return access_ == mailbox::Access::read_write; }
  void scan();
  std::optional<Located> locate(const std::string& key);
  std::optional<Located> locate_in_index(const std::string& key) const;
  std::optional<FileEntry> entry_of(const std::string& key);
  Placed move_one(const Located& from, const std::filesystem::path& target,
                  std::string& unique) const;
  Placed copy_one(const Located& from, const std::filesystem::path& target,
                  std::string& unique) const;

  // For each message that is there; one that is not becomes message.gone, one that fails its error.
  template <class Act>
  std::vector<mailbox::Outcome> for_each(const mailbox::MessageSet& set, Act act);

  std::string path_;
  std::filesystem::path directory_;
  mailbox::Access access_;
  Resolver resolve_;
  const base::Clock& clock_;
  std::unordered_map<std::string, std::string> index_;  // key -> "cur/name", as last seen
};

}  // namespace postroom::stores
