#include "imap/wire/search_criteria.hpp"

#include <string>

#include "base/error.hpp"
#include "imap/wire/imap_date.hpp"

namespace postroom::imap {

void check_flag(std::string_view flag) {
  std::string_view atom = flag.starts_with('\\') ? flag.substr(1) : flag;
  bool good = !atom.empty() && atom.size() <= 200;
  for (char c : atom) {
    if (c <= ' ' || c >= 0x7F || std::string_view("(){}%*\"\\]").find(c) != std::string_view::npos)
      good = false;
  }
  if (good) return;
  throw base::Error(base::ErrorKind::config, "imap.bad_flag",
                    "\"" + base::printable(flag, 60) + "\" cannot be an IMAP flag",
                    "use letters, digits and - _ $ . only");
}

SearchCriteria& SearchCriteria::key(std::string_view word) {
  text_.word(word);
  return *this;
}

SearchCriteria& SearchCriteria::keyword(std::string_view flag) {
  check_flag(flag);
  text_.word("KEYWORD").word(flag);
  return *this;
}

SearchCriteria& SearchCriteria::unkeyword(std::string_view flag) {
  check_flag(flag);
  text_.word("UNKEYWORD").word(flag);
  return *this;
}

SearchCriteria& SearchCriteria::date(std::string_view key, Day day) {
  text_.word(key).word(format_search_date(day));
  return *this;
}

SearchCriteria& SearchCriteria::larger(std::uint64_t bytes) {
  text_.word("LARGER").word(std::to_string(bytes));
  return *this;
}

SearchCriteria& SearchCriteria::smaller(std::uint64_t bytes) {
  text_.word("SMALLER").word(std::to_string(bytes));
  return *this;
}

SearchCriteria& SearchCriteria::uid(const UidSet& set) {
  text_.word("UID").word(set.to_string());
  return *this;
}

SearchCriteria& SearchCriteria::text_key(std::string_view key, std::string_view value) {
  text_.word(key).string(value);
  return *this;
}

SearchCriteria& SearchCriteria::header(std::string_view name, std::string_view value) {
  text_.word("HEADER").string(name).string(value);
  return *this;
}

SearchCriteria& SearchCriteria::gmail_thread(std::uint64_t id) {
  text_.word("X-GM-THRID").word(std::to_string(id));
  return *this;
}

SearchCriteria& SearchCriteria::modified_since(std::uint64_t modseq) {
  text_.word("MODSEQ").word(std::to_string(modseq));
  return *this;
}

void SearchCriteria::group(const SearchCriteria& inner) {
  text_.open();
  if (inner.empty()) {
    text_.word("ALL");
  } else {
    text_.append(inner.text_);
  }
  text_.close();
}

SearchCriteria& SearchCriteria::either(const SearchCriteria& a, const SearchCriteria& b) {
  text_.word("OR");
  group(a);
  group(b);
  return *this;
}

SearchCriteria& SearchCriteria::negate(const SearchCriteria& inner) {
  text_.word("NOT");
  group(inner);
  return *this;
}

SearchCriteria& SearchCriteria::both(const SearchCriteria& inner) {
  group(inner);
  return *this;
}

}  // namespace postroom::imap
