#include "imap/client/list.hpp"

#include "base/text.hpp"

namespace postroom::imap {

bool ListedFolder::has(std::string_view attribute) const noexcept {
  bool found = false;
  wire::for_each_word(attributes, [&](std::string_view word) {
    found = found || base::ascii_iequals(word, attribute);
  });
  return found;
}

bool ListExchange::take(const wire::Response& response) {
  const auto* entry = std::get_if<wire::ListData>(&response);
  if (!entry) return false;
  constexpr std::size_t most =
      200'000;  // the largest known accounts have some ten thousand folders
  if (folders_.size() >= most) {
    throw base::Error(base::ErrorKind::protocol, "imap.too_large",
                      "the server lists more than 200,000 folders",
                      "no mailbox has so many: tell the server's administrator");
  }
  std::string name = entry->mailbox.to_string();
  // Cyrus and Exchange have been seen to end a name with the delimiter.
  if (name.size() > 1 && entry->delimiter != '\0' && name.back() == entry->delimiter)
    name.pop_back();
  folders_.push_back(
      {MailboxName::from_wire(name), entry->delimiter, std::string(entry->attributes)});
  return true;
}

ListExchange::Result ListExchange::take_result() {
  throw_if_failed();
  return std::move(folders_);
}

Command<ListExchange> list(Client& client, std::string_view reference, std::string_view pattern) {
  CommandText text(client.literal_style());
  text.word("LIST").string(reference).string(pattern);
  if (client.can("SPECIAL-USE") && client.can("LIST-EXTENDED")) text.word("RETURN (SPECIAL-USE)");
  auto exchange = std::make_shared<ListExchange>();
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
