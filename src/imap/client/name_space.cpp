#include "imap/client/name_space.hpp"

#include <utility>

namespace postroom::imap {

namespace {

std::vector<NameSpace> spaces_of(const Client& client,
                                 const std::vector<wire::NamespaceData::Entry>& entries) {
  std::vector<NameSpace> out;
  for (const auto& entry : entries) {
    // "INBOX." is a prefix, not the INBOX.
    std::string prefix = entry.prefix.to_string();
    if (client.takes_utf8()) prefix = to_modified_utf7(prefix);
    out.push_back({std::move(prefix), entry.delimiter});
  }
  return out;
}

}  // namespace

bool NameSpaceExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::NamespaceData>(&response);
  if (!data || std::exchange(is_answered_, true)) return false;
  found_.personal = spaces_of(client_, data->personal);
  found_.other_users = spaces_of(client_, data->other_users);
  found_.shared = spaces_of(client_, data->shared);
  if (!found_.personal.empty()) static_cast<NameSpace&>(found_) = found_.personal.front();
  return true;
}

PersonalNameSpace NameSpaceExchange::take_result() {
  throw_if_failed();
  return std::move(found_);
}

Command<NameSpaceExchange> name_space(Client& client) {
  CommandText text;
  text.word("NAMESPACE");
  auto exchange = std::make_shared<NameSpaceExchange>(client);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
