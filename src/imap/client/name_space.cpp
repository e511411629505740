#include "imap/client/name_space.hpp"

namespace postroom::imap {

bool NameSpaceExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::NamespaceData>(&response);
  if (!data) return false;
  found_ = {data->prefix.to_string(), data->delimiter};
  return true;
}

PersonalNameSpace NameSpaceExchange::take_result() {
  throw_if_failed();
  return std::move(found_);
}

Command<NameSpaceExchange> name_space(Client& client) {
  CommandText text;
  text.word("NAMESPACE");
  auto exchange = std::make_shared<NameSpaceExchange>();
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
