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
  UidSet uids;                       // empty if is_saved
  std::uint64_t highest_modseq = 0;  // of the messages found, where MODSEQ was searched (RFC 7162)
  bool is_saved = false;  // valid until the next SEARCH with SAVE, SELECT, or the connection's end
};

class SearchExchange final : public Exchange {
 public:
  using Result = SearchResult;
  SearchExchange(Client& client, bool saved) : Exchange("UID SEARCH"), client_(client) {
    result_.is_saved = saved;
  }
  bool take(const wire::Response& response) override;
  SearchResult take_result();

 protected:
  void refuse(std::size_t part, const wire::Status& status, const base::Error& error) override;

 private:
  Client& client_;
  SearchResult result_;
  std::vector<Uid> found_;
};

// Error{unsupported, "imap.bad_charset"} where the server cannot search for texts that are not
// ASCII (Quirks::ascii_search, which the refusal sets): compare them here.
Command<SearchExchange> uid_search(Client& client, const SearchCriteria& criteria,
                                   SearchReturn wanted = SearchReturn::uids);

// Messages that are saved where they can be, by UID otherwise: for the commands that follow.
class Messages;
Messages messages_of(SearchResult result);

}  // namespace postroom::imap
