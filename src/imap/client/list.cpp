#include "imap/client/list.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

// Before RFC 6154 there was XLIST, Google's own, which others copied.
struct Synonym {
  std::string_view seen;
  std::string_view meant;
};
constexpr Synonym xlist_synonyms[] = {
    {"\\AllMail", "\\All"},      {"\\Spam", "\\Junk"}, {"\\Starred", "\\Flagged"},
    {"\\Draft", "\\Drafts"},     {"\\Bulk", "\\Junk"}, {"\\Bin", "\\Trash"},
    {"\\Archived", "\\Archive"},
};

void add_synonyms(ListedFolder& folder) {
  for (const Synonym& synonym : xlist_synonyms) {
    if (!folder.has(synonym.seen) || folder.has(synonym.meant)) continue;
    folder.attributes += ' ';
    folder.attributes += synonym.meant;
  }
}

std::string_view verb_of(const Client& client, const ListOptions& options) {
  if (client.can("LIST-EXTENDED")) return "LIST";
  if (options.subscribed_only) return "LSUB";
  return options.special_use && client.can("XLIST") && !client.can("SPECIAL-USE") ? "XLIST"
                                                                                  : "LIST";
}

std::string joined(const std::vector<std::string>& words) { return base::join(words, " "); }

std::vector<std::string> selection_of(const Client& client, const ListOptions& options) {
  std::vector<std::string> words;
  if (options.subscribed_only) words.emplace_back("SUBSCRIBED");
  if (options.remote) words.emplace_back("REMOTE");
  if (options.special_use_only && client.can("SPECIAL-USE")) words.emplace_back("SPECIAL-USE");
  // Alone it is an error (RFC 5258 section 3.1).
  if (options.recursive_match && options.subscribed_only) words.emplace_back("RECURSIVEMATCH");
  return words;
}

std::vector<std::string> returned_of(const Client& client, const ListOptions& options) {
  std::vector<std::string> words;
  if (options.subscribed) words.emplace_back("SUBSCRIBED");
  if (options.children) words.emplace_back("CHILDREN");
  if (options.special_use && client.can("SPECIAL-USE")) words.emplace_back("SPECIAL-USE");
  if (options.status && client.can("LIST-STATUS"))
    words.push_back("STATUS " + status_items_text(client, *options.status));
  return words;
}

}  // namespace

bool ListedFolder::has(std::string_view attribute) const noexcept {
  bool found = false;
  wire::for_each_word(attributes, [&](std::string_view word) {
    found = found || base::ascii_iequals(word, attribute);
  });
  return found;
}

// LIST-STATUS: behind the folder's own line, though not always directly (RFC 5819 section 2).
bool ListExchange::take_status(const wire::StatusData& data) {
  const MailboxName name = client_.name_from(data.mailbox);
  auto found = std::find_if(folders_.rbegin(), folders_.rend(),
                            [&](const ListedFolder& folder) { return folder.name == name; });
  if (found == folders_.rend() || found->status) return false;
  found->status = folder_status_of(data);
  return true;
}

bool ListExchange::take(const wire::Response& response) {
  if (const auto* counts = std::get_if<wire::StatusData>(&response))
    return counts_ == Counts::asked && take_status(*counts);
  const auto* entry = std::get_if<wire::ListData>(&response);
  if (!entry) return false;
  constexpr std::size_t most =
      200'000;  // the largest known accounts have some ten thousand folders
  if (folders_.size() >= most) {
    throw base::Error(base::ErrorKind::protocol, "imap.too_large",
                      "the server lists more than 200,000 folders",
                      "no mailbox has so many: tell the server's administrator");
  }
  ListedFolder folder{client_.name_from(entry->mailbox), entry->delimiter,
                      std::string(entry->attributes)};
  // Cyrus and Exchange have been seen to end a name with the delimiter.
  std::string_view wire_name = folder.name.wire();
  if (wire_name.size() > 1 && entry->delimiter != '\0' && wire_name.back() == entry->delimiter)
    folder.name = MailboxName::from_wire(std::string(wire_name.substr(0, wire_name.size() - 1)));
  if (!entry->old_name.is_nil()) folder.old_name = client_.name_from(entry->old_name);
  wire::for_each_label(entry->child_info, [&](const wire::Text& kind) {
    if (!folder.child_info.empty()) folder.child_info += ' ';
    folder.child_info += kind.to_string();
  });
  add_synonyms(folder);
  // XLIST translates the INBOX's name into the user's language.
  if (folder.has("\\Inbox")) folder.name = MailboxName::from_wire("INBOX");
  folders_.push_back(std::move(folder));
  return true;
}

ListExchange::Result ListExchange::take_result() {
  throw_if_failed();
  return std::move(folders_);
}

Command<ListExchange> list(Client& client, std::string_view reference, std::string_view pattern,
                           const ListOptions& options) {
  CommandText text(client.command_style());
  text.word(verb_of(client, options));
  const bool is_extended = client.can("LIST-EXTENDED");
  if (is_extended) {
    auto selection = selection_of(client, options);
    if (!selection.empty()) text.word("(" + joined(selection) + ")");
  }
  text.string(reference).string(pattern);
  if (is_extended) {
    auto returned = returned_of(client, options);
    if (!returned.empty()) text.word("RETURN (" + joined(returned) + ")");
  }
  const bool asks_counts = is_extended && options.status && client.can("LIST-STATUS");
  auto exchange = std::make_shared<ListExchange>(
      client, asks_counts ? ListExchange::Counts::asked : ListExchange::Counts::none);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
