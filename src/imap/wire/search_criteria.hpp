// SearchCriteria: what UID SEARCH looks for (RFC 9051 section 6.4.4). Keys are and-ed as they are
// added.
//
//   SearchCriteria c(client.command_style());
//   c.unseen().since(2026y / 2 / 1);
//   c.either(a, b);                                      // OR (a) (b)
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "imap/wire/command_text.hpp"
#include "imap/wire/uid_set.hpp"

namespace postroom::imap {

class SearchCriteria {
 public:
  using Day = std::chrono::year_month_day;
  explicit SearchCriteria(CommandStyle style = {}) : text_(style) {}

  SearchCriteria& all() { return key("ALL"); }
  SearchCriteria& seen() { return key("SEEN"); }
  SearchCriteria& unseen() { return key("UNSEEN"); }
  SearchCriteria& flagged() { return key("FLAGGED"); }
  SearchCriteria& unflagged() { return key("UNFLAGGED"); }
  SearchCriteria& answered() { return key("ANSWERED"); }
  SearchCriteria& unanswered() { return key("UNANSWERED"); }
  SearchCriteria& draft() { return key("DRAFT"); }
  SearchCriteria& undraft() { return key("UNDRAFT"); }
  SearchCriteria& deleted() { return key("DELETED"); }
  SearchCriteria& undeleted() { return key("UNDELETED"); }
  SearchCriteria& keyword(
      std::string_view flag);  // flag is an atom, else Error{config, "imap.bad_flag"}
  SearchCriteria& unkeyword(std::string_view flag);
  // Received (INTERNALDATE) and Date header, whole days of the server.
  SearchCriteria& since(Day day) { return date("SINCE", day); }
  SearchCriteria& before(Day day) { return date("BEFORE", day); }
  SearchCriteria& sent_since(Day day) { return date("SENTSINCE", day); }
  SearchCriteria& sent_before(Day day) { return date("SENTBEFORE", day); }
  SearchCriteria& larger(std::uint64_t bytes);
  SearchCriteria& smaller(std::uint64_t bytes);
  SearchCriteria& uid(const UidSet& set);
  SearchCriteria& subject(std::string_view text) { return text_key("SUBJECT", text); }
  SearchCriteria& from(std::string_view text) { return text_key("FROM", text); }
  SearchCriteria& to(std::string_view text) { return text_key("TO", text); }
  SearchCriteria& cc(std::string_view text) { return text_key("CC", text); }
  SearchCriteria& body(std::string_view text) { return text_key("BODY", text); }
  SearchCriteria& text(std::string_view text) { return text_key("TEXT", text); }
  SearchCriteria& header(std::string_view name, std::string_view value);
  // Gmail's own search language ("has:attachment older_than:1y"). Needs X-GM-EXT-1.
  SearchCriteria& gmail_raw(std::string_view query) { return text_key("X-GM-RAW", query); }
  SearchCriteria& gmail_thread(std::uint64_t id);
  // Changed since that mod-sequence, it included. Needs CONDSTORE (RFC 7162 section 3.1.5).
  SearchCriteria& modified_since(std::uint64_t modseq);
  SearchCriteria& either(const SearchCriteria& a, const SearchCriteria& b);
  SearchCriteria& negate(const SearchCriteria& inner);
  SearchCriteria& both(const SearchCriteria& inner);

  bool empty() const noexcept { return text_.bytes().empty(); }
  const CommandText& command_text() const noexcept { return text_; }

 private:
  SearchCriteria& key(std::string_view word);
  SearchCriteria& date(std::string_view key, Day day);
  SearchCriteria& text_key(std::string_view key, std::string_view value);
  void group(const SearchCriteria& inner);

  CommandText text_;
};

// A flag that may be sent: an atom, or "\" and an atom. Throws Error{config, "imap.bad_flag"}
// otherwise.
void check_flag(std::string_view flag);

}  // namespace postroom::imap
