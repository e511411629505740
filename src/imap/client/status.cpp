#include "imap/client/status.hpp"

namespace postroom::imap {

std::string status_items_text(const Client& client, StatusItems items) {
  std::string text = "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN";
  if (client.can("OBJECTID")) text += " MAILBOXID";
  if (items.size && client.can("STATUS=SIZE")) text += " SIZE";
  if (items.deleted && client.speaks_rev2()) text += " DELETED";
  const bool has_modseq = client.can("CONDSTORE") || client.can("QRESYNC");
  if (items.highest_modseq && has_modseq) text += " HIGHESTMODSEQ";
  return text + ")";
}

FolderStatus folder_status_of(const wire::StatusData& data) {
  return {.messages = data.messages,
          .uid_next = data.uid_next,
          .uid_validity = data.uid_validity,
          .unseen = data.unseen,
          .mailbox_id = std::string(data.mailbox_id),
          .size = data.size,
          .deleted = data.deleted,
          .highest_modseq = data.highest_modseq};
}

bool StatusExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::StatusData>(&response);
  // Several may be in flight: by name.
  if (!data || status_ || client_.name_from(data->mailbox) != name_) return false;
  status_ = folder_status_of(*data);
  return true;
}

FolderStatus StatusExchange::take_result() {
  throw_if_failed();
  if (status_) return *status_;
  base::Error error(base::ErrorKind::protocol, "imap.no_status",
                    "the server answered STATUS without the folder's counts");
  throw error.set_session_usable(true);
}

Command<StatusExchange> status(Client& client, const MailboxName& name, StatusItems items) {
  CommandText text(client.command_style());
  text.word("STATUS").mailbox(name).word(status_items_text(client, items));
  auto exchange = std::make_shared<StatusExchange>(client, name);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
