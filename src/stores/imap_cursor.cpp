#include "stores/imap_cursor.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "mime/attachments.hpp"
#include "mime/html_text.hpp"
#include "stores/imap_bodies.hpp"
#include "stores/imap_message.hpp"
#include "stores/imap_structure.hpp"
#include "stores/store_errors.hpp"
#include "stores/weaken.hpp"

namespace postroom::stores {
namespace {

using base::Task;
using mailbox::Message;
using mailbox::Want;

struct ImapPageLimits {
  std::uint64_t messages = 1'000;     // as MessageCursor promises
  std::uint64_t whole_headers = 100;  // header blocks are up to 100 KiB, and a page waits in memory
  std::size_t refusals = 100;         // of single messages in a page; more, and the server is ill
  std::size_t nothing_but = 5;        // refusals before anything at all came: the same
  std::uint64_t text_bytes =
      4 * 1024 * 1024;  // of encoded bodies a page; one larger body is a page of its own
  std::uint64_t least_text_bytes = 64 * 1024;  // after losses
};
constexpr ImapPageLimits imap_page_limits;

bool wants_nothing(const Want& want) { return covers(Want{}, want); }

Want first_phase(const mailbox::Query& residue, const Want& needs) {
  Want first = needs;
  first.text = false;
  first.structure = false;
  // Structure is worth a phase of its own only if cheaper items may rule messages out before.
  const bool can_rule_out = !wants_nothing(mailbox::needs_of(weaken(residue, first)));
  first.structure = (needs.structure || needs.text) && !can_rule_out;
  return first;
}

// Whether a part is attached may hang on words of the HTML: structure decides nothing before
// add_attachments.
Want without_structure(Want want) {
  want.structure = false;
  return want;
}

Want without_text(Want want) {
  want.structure = want.structure || want.text;
  want.text = false;
  return want;
}

}  // namespace

Task<bool> OpenedFolder::select_again() const {
  co_await connection.select(name, access);
  co_return connection.numbering() == numbering;
}

ImapCursor::ImapCursor(const OpenedFolder& folder, mailbox::Query residue, Want want,
                       mailbox::Order order)
    : folder_(folder),
      order_(order),
      want_(want),
      needs_(want | mailbox::needs_of(residue)),
      first_(first_phase(residue, needs_)),
      by_first_(weaken(residue, without_structure(first_))),
      by_structure_(weaken(residue, without_text(needs_))),
      exact_(residue),
      chunk_size_(needs_.all_headers ? imap_page_limits.whole_headers : imap_page_limits.messages),
      text_bytes_(imap_page_limits.text_bytes) {}

Task<void> ImapCursor::search(imap::SearchCriteria criteria) {
  criteria_ = std::move(criteria);
  imap::Client& client = folder_.connection.client();
  const imap::SelectedFolder* selected = client.selected();
  const bool is_one_page = selected != nullptr && selected->exists <= chunk_size_;
  if (is_one_page && client.can("SEARCHRES") && !client.quirks().no_esearch) {
    auto searching = imap::uid_search(client, criteria_, imap::SearchReturn::saved);
    chunk_.is_begun = true;
    start(imap::SavedResult{});
    co_await searching.result();
    co_return;
  }
  auto searching = imap::uid_search(client, criteria_);
  const imap::SearchResult found = co_await searching.result();
  uids_.emplace(found.uids, order_ == mailbox::Order::newest_first);
  if (co_await start_next()) co_await client.flush();
}

std::optional<std::uint64_t> ImapCursor::remaining() const {
  if (!uids_) return std::nullopt;
  return uids_->left() + without_text_.size();
}

Task<void> ImapCursor::select_again() const {
  if (!co_await folder_.select_again()) throw folder_renumbered(folder_.path);
}

void ImapCursor::start(const imap::Messages& messages) {
  started_on_ = folder_.connection.client_kept();
  imap::FetchItems items = fetch_items(first_);
  started_.emplace(imap::uid_fetch(*started_on_, messages, std::move(items)));
}

Task<bool> ImapCursor::start_next() {
  // Of a connection that has been replaced meanwhile: its rest is asked for again.
  if (started_ && started_on_ != folder_.connection.client_kept()) started_.reset();
  if (started_ || chunk_.is_read) co_return true;
  if (!chunk_.is_begun && (!uids_ || uids_->left() == 0)) co_return false;
  co_await select_again();
  if (chunk_.is_begun && !chunk_.asked) co_await search_again();
  if (!chunk_.is_begun) {
    chunk_.is_begun = true;
    chunk_.asked = uids_->take(chunk_size_);
  }
  std::vector<imap::Uid> came = chunk_.came;
  std::ranges::sort(came);
  const imap::UidSet rest = chunk_.asked->without(imap::UidSet(std::move(came)));
  if (rest.empty()) {
    chunk_.is_read = true;
    sort(chunk_.rows);
  } else {
    start(rest);
  }
  co_return true;
}

// The saved result went with its connection, and with it which of its messages have not come. None
// of them was given yet, so that all are asked for again: in their order.
Task<void> ImapCursor::search_again() {
  auto searching = imap::uid_search(folder_.connection.client(), criteria_);
  const imap::SearchResult found = co_await searching.result();
  chunk_ = Chunk{};
  uids_.emplace(found.uids, order_ == mailbox::Order::newest_first);
}

void ImapCursor::add_row(const imap::wire::FetchData& data, const Want& want, Rows& rows) const {
  // Twice, because a part may come again after a loss.
  if (!data.uid || rows.size() >= 2 * imap_page_limits.messages) return;
  Row row{*data.uid, {}};
  read_fetched(data, want, row.message);
  row.message.key = imap_key(folder_.path, folder_.numbering, row.uid);
  if (by_first_.matches(row.message)) rows.push_back(std::move(row));
}

void ImapCursor::sort(Rows& rows) const {
  std::ranges::sort(rows, [&](const Row& a, const Row& b) {
    return order_ == mailbox::Order::oldest_first ? a.uid < b.uid : b.uid < a.uid;
  });
  // A server may tell twice of one message, when its flags change meanwhile.
  auto repeated = std::ranges::unique(rows, {}, &Row::uid);
  rows.erase(repeated.begin(), repeated.end());
}

Task<void> ImapCursor::read_started() {
  std::optional<base::Error> refusal;
  const std::size_t had = chunk_.came.size();
  try {
    while (const imap::wire::FetchData* data = co_await started_->next()) {
      if (data->uid && chunk_.came.size() < 2 * imap_page_limits.messages)
        chunk_.came.push_back(*data->uid);
      add_row(*data, first_, chunk_.rows);
    }
  } catch (const base::Error& error) {
    if (!may_be_about_one_message(error)) {
      started_.reset();
      if (chunk_.came.size() > had) folder_.connection.progressed();
      throw;
    }
    refusal = error;
  }
  const imap::UidSet unreadable = started_->unreadable();
  started_.reset();
  if (refusal) co_await read_one_by_one(*refusal);
  if (!unreadable.empty()) co_await read_again(unreadable, chunk_.rows);
  sort(chunk_.rows);
  chunk_.is_read = true;
}

// The server refused the whole FETCH, as Dovecot does when one of its messages is broken: the
// others that did not come are asked for alone, so that only the broken ones are refused.
Task<void> ImapCursor::read_one_by_one(base::Error refusal) {
  co_await select_again();
  imap::Client& client = folder_.connection.client();
  imap::UidSet asked;
  if (chunk_.asked) {
    asked = *chunk_.asked;
  } else {
    auto naming = imap::uid_fetch(client, imap::SavedResult{}, imap::FetchItems{});
    while (const imap::wire::FetchData* data = co_await naming.next()) {
      if (data->uid) asked.add(*data->uid);
    }
  }
  std::vector<imap::Uid> came = chunk_.came;
  std::ranges::sort(came);
  const std::vector<imap::Uid> missing = asked.without(imap::UidSet(std::move(came))).uids();
  std::size_t refusals = 0;
  bool has_anything_come = !chunk_.came.empty();
  for (const imap::Uid uid : missing) {
    const imap::UidSet one{uid};
    auto fetching = imap::uid_fetch(client, one, fetch_items(first_));
    std::optional<base::Error> refused;
    try {
      while (const imap::wire::FetchData* data = co_await fetching.next()) {
        has_anything_come = true;
        add_row(*data, first_, chunk_.rows);
      }
    } catch (const base::Error& error) {
      if (!may_be_about_one_message(error)) throw;
      refused = error;
    }
    if (refused) {
      const std::size_t most =
          has_anything_come ? imap_page_limits.refusals : imap_page_limits.nothing_but;
      if (++refusals > most) throw refusal;
      if (co_await add_refused(uid, std::move(*refused))) has_anything_come = true;
    }
    chunk_.came.push_back(uid);
  }
  if (!has_anything_come && refusals > 1) throw refusal;  // then it is not the messages
}

// It is given with its refusal, and with its envelope if the server gives that much: it must be
// known again under another key.
Task<bool> ImapCursor::add_refused(imap::Uid uid, base::Error refusal) {
  bool is_named = false;
  Row row{uid, {}};
  row.message.key = imap_key(folder_.path, folder_.numbering, uid);
  Want least;
  least.envelope = true;
  if (!covers(least, first_)) {
    const imap::UidSet one{uid};
    auto fetching = imap::uid_fetch(folder_.connection.client(), one, fetch_items(least));
    try {
      while (const imap::wire::FetchData* data = co_await fetching.next()) {
        read_fetched(*data, least, row.message);
        is_named = true;
      }
    } catch (const base::Error& error) {
      if (!may_be_about_one_message(error)) throw;
    }
  }
  row.message.refusal = std::move(refusal);
  chunk_.rows.push_back(std::move(row));
  co_return is_named;
}

// What the server said of a message was broken: most often its BODYSTRUCTURE. The rest is asked for
// again, and the structure is read from the message itself.
Task<void> ImapCursor::read_again(const imap::UidSet& unreadable, Rows& rows) {
  co_await select_again();
  imap::Client& client = folder_.connection.client();
  Want rest = first_;
  rest.structure = rest.text = false;
  Rows found;
  auto fetching = imap::uid_fetch(client, unreadable, fetch_items(rest));
  while (const imap::wire::FetchData* data = co_await fetching.next()) add_row(*data, rest, found);
  for (Row& row : found) {
    if (first_.structure) co_await read_structure_of(row);
    if (first_.structure && !row.message.structure) continue;  // gone meanwhile
    rows.push_back(std::move(row));
  }
  // Not a word of it: it is given all the same, so that nobody takes the folder for done.
  for (const imap::Uid uid : fetching.unreadable().uids()) {
    Row row{uid, {}};
    row.message.key = imap_key(folder_.path, folder_.numbering, uid);
    row.message.refusal = description_unreadable();
    rows.push_back(std::move(row));
  }
}

Task<void> ImapCursor::read_structure_of(Row& row) {
  ReadStructure read = co_await read_structure(folder_.connection.client(), row.uid);
  row.message.structure = std::move(read.root);
  if (!read.warning.empty()) row.message.warnings.push_back(std::move(read.warning));
}

Task<void> ImapCursor::add_structure(Rows& rows) {
  std::vector<imap::Uid> ascending;
  for (const Row& row : rows) {
    if (!row.message.structure && !row.message.refusal) ascending.push_back(row.uid);
  }
  std::ranges::sort(ascending);
  if (ascending.empty()) co_return;
  std::optional<base::Error> refusal;
  imap::UidSet uids(std::move(ascending));
  try {
    co_await read_structures(rows, std::move(uids));
  } catch (const base::Error& error) {
    if (!may_be_about_one_message(error)) throw;
    refusal = error;
  }
  if (!refusal) co_return;
  std::size_t refusals = 0;
  for (Row& row : rows) {
    if (row.message.structure || row.message.refusal) continue;
    imap::UidSet one{row.uid};
    try {
      co_await read_structures(rows, std::move(one));
    } catch (const base::Error& error) {
      if (!may_be_about_one_message(error) || ++refusals > imap_page_limits.refusals) throw;
      row.message.refusal = error;
    }
  }
}

Task<void> ImapCursor::read_structures(Rows& rows, imap::UidSet uids) {
  imap::FetchItems items;
  items.structure = true;
  auto fetching = imap::uid_fetch(folder_.connection.client(), uids, items);
  while (const imap::wire::FetchData* data = co_await fetching.next()) {
    if (!data->uid || data->structure.parts.empty()) continue;
    const auto row = std::ranges::find(rows, *data->uid, &Row::uid);
    if (row != rows.end()) row->message.structure = part_tree(data->structure);
  }
  for (const imap::Uid uid : fetching.unreadable().uids()) {
    const auto row = std::ranges::find(rows, uid, &Row::uid);
    if (row != rows.end()) co_await read_structure_of(*row);
  }
}

Task<void> ImapCursor::add_attachments(Rows& rows) {
  std::vector<WantedBody> wanted;
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& root = rows[i].message.structure;
    if (!root || !mime::needs_html(*root)) continue;
    if (const mime::Part* html = mime::html_part(*root)) {
      wanted.push_back({rows[i].uid, html});
      whose.push_back(i);
    }
  }
  std::vector<FetchedBody> bodies;
  if (!wanted.empty())
    bodies = co_await fetch_bodies(folder_.connection.client(), std::move(wanted));
  std::size_t next = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Message& message = rows[i].message;
    std::optional<std::string> html;
    if (next < whose.size() && whose[next] == i) {
      if (bodies[next].refusal) message.refusal = bodies[next].refusal;
      html = std::move(bodies[next++].text);
    }
    if (message.structure) message.attachments = mime::attachments(*message.structure, html);
  }
}

ImapCursor::Rows ImapCursor::take_text_batch() {
  Rows batch;
  std::uint64_t bytes = 0;
  while (!without_text_.empty() && bytes < text_bytes_) {
    Row row = std::move(without_text_.front());
    without_text_.pop_front();
    if (row.message.structure) {
      if (const mime::Part* text = mime::text_part(*row.message.structure)) bytes += text->size;
      if (const mime::Part* html = mime::html_part(*row.message.structure)) bytes += html->size;
    }
    batch.push_back(std::move(row));
  }
  return batch;
}

Task<void> ImapCursor::add_text(Rows& rows) {
  std::vector<WantedBody> wanted;
  for (const Row& row : rows) {
    if (!row.message.structure || row.message.refusal) continue;
    if (const mime::Part* text = mime::text_part(*row.message.structure))
      wanted.push_back({row.uid, text});
    if (const mime::Part* html = mime::html_part(*row.message.structure))
      wanted.push_back({row.uid, html});
  }
  if (wanted.empty()) co_return;
  std::vector<FetchedBody> bodies =
      co_await fetch_bodies(folder_.connection.client(), std::move(wanted));
  std::size_t next = 0;
  std::vector<imap::Uid> gone;
  for (Row& row : rows) {
    if (!row.message.structure || row.message.refusal) continue;
    const bool has_text = mime::text_part(*row.message.structure) != nullptr;
    const bool has_html = mime::html_part(*row.message.structure) != nullptr;
    std::optional<base::Error> refused;
    auto take = [&](std::string& into) {
      FetchedBody& body = bodies[next++];
      into = std::move(body.text);
      if (!body.warning.empty()) row.message.warnings.push_back(std::move(body.warning));
      if (body.refusal) {
        refused = body.refusal;
      } else if (!body.is_there) {
        gone.push_back(row.uid);
      }
    };
    if (has_text) take(row.message.text);
    if (has_html) take(row.message.html);
    if (!has_text && has_html) row.message.text = mime::html_to_text(row.message.html);
    if (refused) row.message.refusal = std::move(refused);
  }
  std::erase_if(rows,
                [&](const Row& row) { return std::ranges::find(gone, row.uid) != gone.end(); });
}

void ImapCursor::give(Rows rows) {
  for (Row& row : rows) {
    if (!row.message.refusal && !exact_.matches(row.message)) continue;
    if (!want_.text) {
      row.message.text = {};
      row.message.html = {};
    }
    if (folder_.recent) folder_.recent->add(row.uid, row.message.envelope.message_id);
    page_.push_back(std::move(row.message));
  }
}

Task<void> ImapCursor::fill_text() {
  co_await select_again();
  Rows batch = take_text_batch();
  std::optional<base::Error> failure;
  try {
    co_await add_text(batch);
  } catch (const base::Error& error) {
    failure = error;
  }
  if (failure) {
    std::move(batch.rbegin(), batch.rend(), std::front_inserter(without_text_));
    text_bytes_ = std::max(text_bytes_ / 2, imap_page_limits.least_text_bytes);
    throw *failure;
  }
  give(std::move(batch));
}

// One step towards a page. False at the end of the listing.
Task<bool> ImapCursor::fill_page() {
  if (!without_text_.empty()) {
    co_await fill_text();
    co_return true;
  }
  if (!co_await start_next()) co_return false;
  if (!chunk_.is_read) co_await read_started();
  Rows& rows = chunk_.rows;
  const bool needs_structure = needs_.structure || needs_.text;
  if (!rows.empty() && needs_structure) {
    co_await select_again();
    if (!first_.structure) {
      co_await add_structure(rows);
      std::erase_if(rows, [](const Row& row) {  // gone meanwhile
        return !row.message.structure && !row.message.refusal;
      });
    }
    if (needs_.structure) co_await add_attachments(rows);
    std::erase_if(rows, [&](const Row& row) {
      return !row.message.refusal && !by_structure_.matches(row.message);
    });
  }
  Rows done = std::exchange(chunk_, Chunk{}).rows;
  if (needs_.text) {
    std::ranges::move(done, std::back_inserter(without_text_));
  } else {
    give(std::move(done));
  }
  co_return true;
}

Task<bool> ImapCursor::fill() {
  while (page_.empty()) {
    if (!co_await fill_page()) co_return false;
  }
  co_return true;
}

Task<std::vector<Message>*> ImapCursor::next_page() {
  page_.clear();
  std::function<Task<bool>()> once = [this] { return fill(); };
  auto filling = folder_.connection.persist(std::move(once));
  if (!co_await std::move(filling)) co_return nullptr;
  // On its way while the caller works on this page, which must not be lost with its connection.
  try {
    if (without_text_.empty() && co_await start_next())
      co_await folder_.connection.client().flush();
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::cancelled) throw;
  }
  co_return &page_;
}

}  // namespace postroom::stores
