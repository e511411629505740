// ImapFolder: one IMAP folder as a mailbox::Folder. Every operation first makes sure that this
// folder is selected and still numbered as its keys say.
#pragma once

#include "mailbox/folder.hpp"
#include "stores/imap_cursor.hpp"

namespace postroom::stores {

class ImapFolder final : public mailbox::Folder,
                         private mailbox::Moving,
                         private mailbox::Flagging,
                         private mailbox::Appending {
 public:
  explicit ImapFolder(OpenedFolder folder) : folder_(std::move(folder)) {}

  const std::string& path() const noexcept override { return folder_.path; }
  std::string generation() const override { return std::to_string(folder_.uid_validity); }
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
  // A set of keys as UIDs; keys that name nothing here have their outcome already.
  struct Named {
    std::vector<mailbox::Outcome> outcomes;  // as the set's order
    std::vector<imap::Uid> uids;             // of outcomes[i]; value 0 where it names nothing
    imap::UidSet set;
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

  bool is_writable() const noexcept { return folder_.access == imap::Access::read_write; }
  imap::Client& client() noexcept { return folder_.connection.client(); }
  mailbox::Task<Named> name(mailbox::MessageSet set);
  mailbox::Task<void> fetch_section(mailbox::MessageKey key, std::string section,
                                    base::ByteSink& sink);
  mailbox::Task<std::vector<mailbox::Outcome>> expunge(mailbox::MessageSet set);

  OpenedFolder folder_;
};

}  // namespace postroom::stores
