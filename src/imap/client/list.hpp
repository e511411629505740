// LIST (RFC 9051 section 6.3.9, RFC 5258), with SPECIAL-USE (RFC 6154) and LIST-STATUS (RFC 5819);
// XLIST and LSUB where a server has nothing newer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/client/command.hpp"
#include "imap/client/status.hpp"

namespace postroom::imap {

struct ListedFolder {
  MailboxName name;
  char delimiter = '\0';  // NUL: a flat name space
  // Words, "\HasChildren \Sent". XLIST's own (\AllMail, \Spam, \Starred) have RFC 6154's beside
  // them.
  std::string attributes;
  std::optional<MailboxName> old_name = {};  // OLDNAME: what a renamed folder was called
  std::string child_info = {};               // CHILDINFO, words: "SUBSCRIBED"
  std::optional<FolderStatus> status = {};   // ListOptions::status, where LIST-STATUS is offered
  bool has(std::string_view attribute) const noexcept;
  // Can be selected: neither \Noselect nor \NonExistent.
  bool is_selectable() const noexcept { return !has("\\Noselect") && !has("\\NonExistent"); }
};

// What the server does not offer is left out of the command; subscribed_only becomes LSUB there.
struct ListOptions {
  // Which folders.
  bool subscribed_only = false;
  bool remote = false;           // also those on other servers (RFC 5258 section 3)
  bool recursive_match = false;  // with subscribed_only: parents of what matches, see child_info
  bool special_use_only = false;
  // What to say of them.
  bool special_use = true;
  bool subscribed = false;
  bool children = false;
  std::optional<StatusItems> status = {};
};

class ListExchange final : public Exchange {
 public:
  using Result = std::vector<ListedFolder>;
  // asked: STATUS replies may be this command's (LIST-STATUS).
  enum class Counts { none, asked };
  ListExchange(const Client& client, Counts counts)
      : Exchange("LIST"), client_(client), counts_(counts) {}
  bool take(const wire::Response& response) override;
  Result take_result();

 private:
  bool take_status(const wire::StatusData& data);
  const Client& client_;
  Counts counts_;
  Result folders_;
};

// `pattern` in wire spelling: "*" is everything, "%" one level; `reference` usually "". Special
// uses (\Sent, \Trash, \Drafts, \Junk, \Archive, \All, \Flagged) stand in the attributes where
// the server knows them.
Command<ListExchange> list(Client& client, std::string_view reference, std::string_view pattern,
                           const ListOptions& options = {});

}  // namespace postroom::imap
