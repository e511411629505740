#include "imap/client/status.hpp"

namespace postroom::imap {

bool StatusExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::StatusData>(&response);
  // Several may be in flight: by name.
  if (!data || status_ || MailboxName::from_wire(data->mailbox.to_string()) != name_) return false;
  status_ = FolderStatus{data->messages, data->uid_next, data->uid_validity, data->unseen,
                         std::string(data->mailbox_id)};
  return true;
}

FolderStatus StatusExchange::take_result() {
  throw_if_failed();
  if (status_) return *status_;
  base::Error error(base::ErrorKind::protocol, "imap.no_status",
                    "the server answered STATUS without the folder's counts");
  throw error.set_session_usable(true);
}

Command<StatusExchange> status(Client& client, const MailboxName& name) {
  CommandText text(client.literal_style());
  text.word("STATUS").mailbox(name);
  text.word(client.can("OBJECTID") ? "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN MAILBOXID)"
                                   : "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN)");
  auto exchange = std::make_shared<StatusExchange>(name);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
