// UID SEARCH (RFC 9051 section 6.4.4), ESEARCH (RFC 4731) and SEARCHRES (RFC 5182) where offered.
#pragma once

#include <cstdint>

#include "imap/client/command.hpp"
#include "imap/wire/search_criteria.hpp"
#include "imap/wire/uid_set.hpp"

namespace postroom::imap {

// saved: the result stays at the server for SavedResult and the UIDs are not sent. Where SEARCHRES
// is missing the UIDs come all the same: ask SearchResult::is_saved.
enum class SearchReturn { uids, saved };

struct SearchResult {
  UidSet uids;            // empty if is_saved
  bool is_saved = false;  // valid until the next SEARCH with SAVE, SELECT, or the connection's end
};

class SearchExchange final : public Exchange {
 public:
  using Result = SearchResult;
  SearchExchange(bool saved) : Exchange("UID SEARCH") { result_.is_saved = saved; }
  bool take(const wire::Response& response) override;
  SearchResult take_result();

 private:
  SearchResult result_;
  std::vector<Uid> found_;
};

Command<SearchExchange> uid_search(Client& client, const SearchCriteria& criteria,
                                   SearchReturn wanted = SearchReturn::uids);

// Messages that are saved where they can be, by UID otherwise: for the commands that follow.
class Messages;
Messages messages_of(SearchResult result);

}  // namespace postroom::imap
