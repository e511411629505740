// ImapCursor: a listing in pages, each fetched in phases: what is cheap for all, structure for
// those that are still possible, text for those that match in everything else. The next page is on
// its way while the caller works. After a lost connection it goes on with what has not come yet.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "imap/client/uid_fetch.hpp"
#include "imap/client/uid_search.hpp"
#include "mailbox/evaluate.hpp"
#include "mailbox/folder.hpp"
#include "stores/imap_aftermath.hpp"
#include "stores/imap_connection.hpp"
#include "stores/imap_key.hpp"

namespace postroom::stores {

// A folder as it was when it was opened: keys are good as long as the numbering is.
struct OpenedFolder {
  ImapConnection& connection;
  imap::MailboxName name;
  std::string path;
  std::optional<mailbox::Role> role;
  std::string numbering;
  imap::Access access = imap::Access::read_only;
  std::shared_ptr<RecentIds> recent;

  // Selected again if another one was meanwhile. False: the server has renumbered it, and nothing
  // may be done by uid.
  base::Task<bool> select_again() const;
};

class ImapCursor final : public mailbox::MessageCursor {
 public:
  // `residue` decides among what the search found.
  ImapCursor(const OpenedFolder& folder, mailbox::Query residue, mailbox::Want want,
             mailbox::Order order);

  // Asks the server, and for the first page behind it. To be called inside
  // ImapConnection::persist; next_page() is not.
  base::Task<void> search(imap::SearchCriteria criteria);

  base::Task<std::vector<mailbox::Message>*> next_page() override;
  std::optional<std::uint64_t> remaining() const override;

 private:
  struct Row {
    imap::Uid uid;
    mailbox::Message message;
  };
  using Rows = std::vector<Row>;
  // Messages that are fetched together. It survives the loss of a connection in any of its phases.
  struct Chunk {
    bool is_begun = false;
    bool is_read = false;               // the first phase is over
    std::optional<imap::UidSet> asked;  // nothing: the saved search result
    std::vector<imap::Uid> came;        // in the first phase, matching or not
    Rows rows;
  };

  base::Task<bool> fill();
  base::Task<bool> fill_page();
  base::Task<void> fill_text();
  base::Task<bool> start_next();  // false: there is no next
  void start(const imap::Messages& messages);
  base::Task<void> search_again();
  base::Task<void> read_started();
  void sort(Rows& rows) const;
  base::Task<void> select_again() const;
  base::Task<void> add_structure(Rows& rows);
  void add_row(const imap::wire::FetchData& data, const mailbox::Want& want, Rows& rows) const;
  base::Task<void> read_one_by_one(base::Error refusal);
  // True when its envelope came.
  base::Task<bool> add_refused(imap::Uid uid, base::Error refusal);
  base::Task<void> read_structures(Rows& rows, imap::UidSet uids);
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
  std::uint64_t chunk_size_;
  std::uint64_t text_bytes_;  // of a batch; less after each loss, so that some batch comes
  imap::SearchCriteria criteria_;
  std::optional<UidPager> uids_;  // nothing: all came with the search
  Chunk chunk_;
  std::shared_ptr<imap::Client> started_on_;
  std::optional<imap::FetchStream> started_;  // first phase of chunk_, on started_on_
  std::deque<Row> without_text_;              // matched in all but text, and wait for it
  std::vector<mailbox::Message> page_;
};

}  // namespace postroom::stores
