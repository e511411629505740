#include "imap/client/uid_search.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "imap/client/messages.hpp"

namespace postroom::imap {
namespace {

[[noreturn]] void reject(std::string_view text) {
  base::Error error(base::ErrorKind::protocol, "imap.bad_search",
                    "the server's search result could not be read",
                    "run again; if it stays so, report this with the server's words");
  throw error.set_server_text(text.substr(0, 200));
}

constexpr std::size_t most = wire::Limits{}.found;

[[noreturn]] void reject_flood() {
  throw base::Error(base::ErrorKind::protocol, "imap.flood",
                    "the server finds more messages than any folder holds",
                    "tell the server's administrator, and try again later");
}

}  // namespace

bool SearchExchange::take(const wire::Response& response) {
  if (const auto* data = std::get_if<wire::EsearchData>(&response)) {
    result_.highest_modseq = std::max(result_.highest_modseq, data->modseq.value_or(0));
    if (data->all.empty()) return false;  // nothing was found; counted, as it costs nothing
    auto set = parse_uid_set(data->all);
    if (!set) reject(data->all);
    result_.uids.add(*set);
    if (result_.uids.size() > most) reject_flood();
    return true;
  }
  const auto* data = std::get_if<wire::SearchData>(&response);
  if (!data) return false;
  if (const auto at = data->numbers.find("(MODSEQ "); at != std::string_view::npos) {
    std::string_view digits = data->numbers.substr(at + 8);
    digits = digits.substr(0, digits.find(')'));
    result_.highest_modseq = std::max(result_.highest_modseq, base::to_number(digits).value_or(0));
  }
  // A wrong number in a list of UIDs means that messages would be missed: no leniency here.
  wire::for_each_word(data->numbers, [&, done = false](std::string_view word) mutable {
    if (done || word.starts_with('(')) return void(done = true);  // "(MODSEQ 5)", below
    std::uint32_t n = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), n);
    if (error != std::errc{} || end != word.data() + word.size()) reject(word);
    found_.push_back(Uid{n});
    if (found_.size() > most) reject_flood();
  });
  return !data->numbers.empty();
}

void SearchExchange::refuse(std::size_t, const wire::Status&, const base::Error& error) {
  if (error.code() == "imap.bad_charset") client_.quirks().ascii_search = true;
}

SearchResult SearchExchange::take_result() {
  throw_if_failed();
  if (!found_.empty()) result_.uids.add(UidSet(std::move(found_)));
  return std::move(result_);
}

Command<SearchExchange> uid_search(Client& client, const SearchCriteria& criteria,
                                   SearchReturn wanted) {
  if (!criteria.command_text().is_ascii() && client.quirks().ascii_search) {
    throw base::Error(base::ErrorKind::unsupported, "imap.bad_charset",
                      "the server cannot search for texts that are not ASCII",
                      "nothing is lost: such texts are compared here instead")
        .set_session_usable(true);
  }
  bool extended = client.can("ESEARCH") && !client.quirks().no_esearch;
  bool saved = wanted == SearchReturn::saved && extended && client.can("SEARCHRES");
  CommandText text(criteria.command_text().style());
  text.word("UID SEARCH");
  if (extended) text.word(saved ? "RETURN (SAVE)" : "RETURN (ALL)");
  // UTF-8 is what everything is then (RFC 9051 section 6.4.4), and CHARSET is an error (RFC 6855
  // section 3).
  if (!criteria.command_text().is_ascii() && !client.takes_utf8()) text.word("CHARSET UTF-8");
  if (criteria.empty()) {
    text.word("ALL");
  } else {
    text.append(criteria.command_text());
  }
  auto exchange = std::make_shared<SearchExchange>(client, saved);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

Messages messages_of(SearchResult result) {
  if (result.is_saved) return SavedResult{};
  return std::move(result.uids);
}

}  // namespace postroom::imap
