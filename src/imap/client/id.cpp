#include "imap/client/id.hpp"

namespace postroom::imap {

bool IdExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::IdData>(&response);
  if (!data) return false;
  wire::for_each_parameter(data->fields, [&](const wire::Text& name, const wire::Text& value) {
    if (name.is("name")) found_.name = base::printable(value.to_string(), 200);
    if (name.is("version")) found_.version = base::printable(value.to_string(), 200);
  });
  return true;
}

ServerId IdExchange::take_result() {
  throw_if_failed();
  return std::move(found_);
}

Command<IdExchange> id(Client& client, std::string_view version) {
  CommandText text(client.literal_style());
  text.word("ID")
      .open()
      .string("name")
      .string("Postroom")
      .string("version")
      .string(version)
      .close();
  auto exchange = std::make_shared<IdExchange>();
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
