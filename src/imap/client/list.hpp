// LIST (RFC 9051 section 6.3.9), with SPECIAL-USE (RFC 6154).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/client/command.hpp"

namespace postroom::imap {

struct ListedFolder {
  MailboxName name;
  char delimiter = '\0';   // NUL: a flat name space
  std::string attributes;  // words, "\HasChildren \Sent"
  bool has(std::string_view attribute) const noexcept;
  // Can be selected: neither \Noselect nor \NonExistent.
  bool is_selectable() const noexcept { return !has("\\Noselect") && !has("\\NonExistent"); }
};

class ListExchange final : public Exchange {
 public:
  using Result = std::vector<ListedFolder>;
  ListExchange() : Exchange("LIST") {}
  bool take(const wire::Response& response) override;
  Result take_result();

 private:
  Result folders_;
};

// `pattern` in wire spelling: "*" is everything, "%" one level; `reference` usually "". Special
// uses (\Sent, \Trash,
// \Drafts, \Junk, \Archive, \All, \Flagged) stand in the attributes where the server knows them.
Command<ListExchange> list(Client& client, std::string_view reference, std::string_view pattern);

}  // namespace postroom::imap
