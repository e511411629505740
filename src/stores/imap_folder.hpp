// ImapFolder: one IMAP folder as a mailbox::Folder. Every operation first makes sure that this
// folder is selected and still numbered as its keys say, and goes on after a lost connection: what
// can be repeated is, and what cannot is looked for (imap_folder_moving.cpp).
#pragma once

#include "imap/client/uid_store.hpp"
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
  std::string generation() const override { return folder_.numbering; }
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
  using Outcomes = std::vector<mailbox::Outcome>;
  // A set of keys as UIDs; keys that name nothing here have their outcome already.
  struct Named {
    Outcomes outcomes;            // as the set's order
    std::vector<imap::Uid> uids;  // of outcomes[i]; value 0 where it names nothing
    imap::UidSet left;            // not known to be done, and without an error
    bool is_named = false;
  };
  // A change that goes on over the loss of connections.
  struct Change {
    mailbox::MessageSet set;
    ImapPlace target;
    Named named;
    FolderMark mark;              // of the target, before the first try
    bool is_begun = false;        // something was sent
    bool is_answered = false;     // and each of its commands was answered
    bool is_server_move = false;  // it was MOVE, which leaves each message in one folder
    std::string note;             // for all that were done
  };
  struct Streaming;
  struct Storing;

  mailbox::Task<Outcomes> move(mailbox::MessageSet set, std::string target) override;
  mailbox::Task<Outcomes> copy(mailbox::MessageSet set, std::string target) override;
  mailbox::Task<Outcomes> set_flag(mailbox::MessageSet set, mailbox::Flag flag,
                                   bool is_set) override;
  mailbox::Task<std::optional<mailbox::MessageKey>> append(
      base::ByteSource& message, mailbox::Flags flags,
      std::optional<base::Instant> received) override;

  bool is_writable() const noexcept { return folder_.access == imap::Access::read_write; }
  imap::Client& client() noexcept { return folder_.connection.client(); }
  mailbox::Task<std::unique_ptr<mailbox::MessageCursor>> find_once(mailbox::Query query,
                                                                   mailbox::Want want,
                                                                   mailbox::Order order);
  // Selects the folder; the first time it turns the keys into UIDs. Throws folder.renumbered.
  mailbox::Task<void> name(mailbox::MessageSet& set, Named& named);
  // Throws the first outcome's error that asks for a pause, with what it is about left to be done.
  void obey_pauses(Change& change);
  mailbox::Task<void> fetch_section(mailbox::MessageKey key, std::string section,
                                    base::ByteSink& sink);
  mailbox::Task<bool> stream_once(Streaming& streaming);
  mailbox::Task<bool> set_flag_once(Change& change, std::string word, imap::FlagChange how);
  mailbox::Task<Outcomes> expunge(mailbox::MessageSet set);
  mailbox::Task<bool> expunge_once(Change& change);
  mailbox::Task<std::optional<mailbox::MessageKey>> append_once(Storing& storing);

  // imap_folder_moving.cpp
  mailbox::Task<Outcomes> move_to(mailbox::MessageSet set, ImapPlace target);
  mailbox::Task<bool> move_once(Change& change);
  mailbox::Task<bool> copy_once(Change& change);
  mailbox::Task<void> find_out_moved(Change& change);
  mailbox::Task<void> find_out_copied(Change& change);
  // Takes out of `there` what belongs to messages that are done. False: some of it may still be in.
  bool take_done(const Change& change, Arrivals& there) const;
  mailbox::Task<void> remove_arrived(Change& change, imap::UidSet arrived);
  mailbox::Task<Outcomes> remove_labelled(mailbox::MessageSet set);
  mailbox::Task<bool> empty_trash_of(Change& change);
  std::string label_note(const ImapPlace& target);

  OpenedFolder folder_;
};

}  // namespace postroom::stores
