#include "imap/client/id.hpp"

#include <utility>

namespace postroom::imap {

bool IdExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::IdData>(&response);
  if (!data || std::exchange(is_answered_, true)) return false;
  wire::for_each_parameter(data->fields, [&](const wire::Text& name, const wire::Text& value) {
    if (name.is("name")) found_.name = base::printable(value.to_string(), 200);
    if (name.is("vendor")) found_.vendor = base::printable(value.to_string(), 200);
    if (name.is("version")) found_.version = base::printable(value.to_string(), 200);
  });
  add_quirks_by_id(client_.quirks(), found_.name);
  return true;
}

ServerId IdExchange::take_result() {
  throw_if_broken();
  // mail.de and others offer ID and answer BAD: nobody needs to know us then.
  const bool matters = refusal() && !refusal()->session_usable();
  if (matters) throw_if_failed();
  return std::move(found_);
}

Command<IdExchange> id(Client& client, std::string_view version) {
  CommandText text(client.command_style());
  text.word("ID")
      .open()
      .string("name")
      .string("Postroom")
      .string("version")
      .string(version)
      .close();
  auto exchange = std::make_shared<IdExchange>(client);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
