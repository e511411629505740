#include "imap/client/select.hpp"

#include "base/text.hpp"

namespace postroom::imap {

SelectExchange::SelectExchange(Client& client, MailboxName name, Access access)
    : Exchange(access == Access::read_only ? "EXAMINE" : "SELECT"), client_(client) {
  folder_.name = std::move(name);
  folder_.read_only = access == Access::read_only;
}

void SelectExchange::take_code(const wire::Code& code) {
  auto number = [&] {
    return static_cast<std::uint32_t>(base::to_number(code.arguments).value_or(0));
  };
  if (code.is("UIDVALIDITY")) folder_.uid_validity = number();
  if (code.is("UIDNEXT")) folder_.uid_next = number();
  if (code.is("READ-ONLY")) folder_.read_only = true;
  if (code.is("UIDNOTSTICKY")) folder_.uid_not_sticky = true;
  auto inner = [&] {
    std::string_view list = code.arguments;
    return list.starts_with('(') && list.ends_with(')') ? list.substr(1, list.size() - 2) : list;
  };
  if (code.is("PERMANENTFLAGS")) folder_.permanent_flags = inner();
  if (code.is("MAILBOXID")) folder_.mailbox_id = inner();
  if (code.is("HIGHESTMODSEQ"))
    folder_.highest_modseq = base::to_number(code.arguments).value_or(0);
  if (code.is("NOMODSEQ")) folder_.highest_modseq = 0;
}

bool SelectExchange::take(const wire::Response& response) {
  if (const auto* status = std::get_if<wire::Status>(&response)) {
    // Servers with pipelined commands send "OK [CLOSED]" first: what came before was the other
    // folder's.
    if (status->code.is("CLOSED")) forget_other_folder();
    take_code(status->code);
    return true;
  }
  if (const auto* exists = std::get_if<wire::ExistsData>(&response))
    return folder_.exists = exists->count, true;
  if (const auto* flags = std::get_if<wire::FlagsData>(&response))
    return folder_.flags = flags->flags, true;
  return std::holds_alternative<wire::RecentData>(response);
}

void SelectExchange::accept(std::size_t, const wire::Status& status) {
  take_code(status.code);
  client_.set_selected(folder_);
}

void SelectExchange::refuse(std::size_t, const wire::Status&, const base::Error&) {
  client_.set_selected(std::nullopt);
}

SelectedFolder SelectExchange::take_result() {
  throw_if_failed();
  return std::move(folder_);
}

namespace {

Command<SelectExchange> start_select(Client& client, const MailboxName& name, Access access,
                                     std::string_view parameters) {
  CommandText text(client.command_style());
  text.word(access == Access::read_only ? "EXAMINE" : "SELECT").mailbox(name);
  if (!parameters.empty()) text.word(parameters);
  auto exchange = std::make_shared<SelectExchange>(client, name, access);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace

Command<SelectExchange> select(Client& client, const MailboxName& name, Access access) {
  return start_select(client, name, access, "");
}

Command<SelectExchange> select_with_modseq(Client& client, const MailboxName& name, Access access) {
  return start_select(client, name, access, client.can("CONDSTORE") ? "(CONDSTORE)" : "");
}

}  // namespace postroom::imap
