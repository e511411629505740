// ImapCursor: a listing in pages, each fetched in phases: what is cheap for all, structure for
// those that are still possible, text for those that match in everything else. The next page is on
// its way while the caller works.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "imap/client/uid_fetch.hpp"
#include "imap/client/uid_search.hpp"
#include "mailbox/evaluate.hpp"
#include "mailbox/folder.hpp"
#include "stores/imap_connection.hpp"
#include "stores/imap_key.hpp"

namespace postroom::stores {

// A folder as it was when it was opened: keys are good as long as the numbering is.
struct OpenedFolder {
  ImapConnection& connection;
  imap::MailboxName name;
  std::string path;
  std::uint32_t uid_validity = 0;
  imap::Access access = imap::Access::read_only;

  // Selected again if another one was meanwhile. False: the server has renumbered it, and nothing
  // may be done by uid.
  base::Task<bool> select_again() const;
};

class ImapCursor final : public mailbox::MessageCursor {
 public:
  // `residue` decides among what the search found.
  ImapCursor(const OpenedFolder& folder, mailbox::Query residue, mailbox::Want want,
             mailbox::Order order);

  // Asks the server, and for the first page behind it.
  base::Task<void> search(imap::SearchCriteria criteria);

  base::Task<std::vector<mailbox::Message>*> next_page() override;
  std::optional<std::uint64_t> remaining() const override;

 private:
  struct Row {
    imap::Uid uid;
    mailbox::Message message;
  };
  using Rows = std::vector<Row>;

  base::Task<bool> fill_page();
  base::Task<bool> start_next();  // false: there is no next
  base::Task<Rows> read_started();
  base::Task<void> select_again() const;
  base::Task<void> add_structure(Rows& rows);
  void add_row(const imap::wire::FetchData& data, const mailbox::Want& want, Rows& rows) const;
  base::Task<void> read_one_by_one(const std::vector<imap::Uid>& came, Rows& rows);
  base::Task<void> read_again(const imap::UidSet& unreadable, Rows& rows);
  base::Task<void> read_structure_of(Row& row);
  base::Task<void> add_attachments(Rows& rows);
  base::Task<void> add_text(Rows& rows);
  Rows take_text_batch();
  void give(Rows rows);

  const OpenedFolder folder_;
  mailbox::Order order_;
  mailbox::Want want_;   // the caller's
  mailbox::Want needs_;  // the caller's and the query's
  mailbox::Want first_;  // what the first phase fetches
  mailbox::Evaluator by_first_, by_structure_, exact_;
  std::uint64_t chunk_;
  std::optional<UidPager> uids_;              // nothing: all came with the search
  std::optional<imap::UidSet> asked_;         // of started_; nothing: the saved search result
  std::optional<imap::FetchStream> started_;  // first phase of the next chunk
  std::deque<Row> without_text_;              // matched in all but text, and wait for it
  std::vector<mailbox::Message> page_;
};

}  // namespace postroom::stores
