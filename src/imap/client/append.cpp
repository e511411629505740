#include "imap/client/append.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "imap/wire/imap_date.hpp"
#include "imap/wire/search_criteria.hpp"

namespace postroom::imap {

void AppendExchange::accept(std::size_t, const wire::Status& status) {
  if (!status.code.is("APPENDUID")) return;
  auto words = base::split(status.code.arguments, ' ');
  if (words.size() != 2) return;
  auto validity = base::to_number(words[0]);
  auto uid = base::to_number(words[1]);
  if (!validity || !uid || *validity > UINT32_MAX || *uid > UINT32_MAX || *uid == 0) return;
  appended_ = {Uid{static_cast<std::uint32_t>(*uid)}, static_cast<std::uint32_t>(*validity)};
}

Appended AppendExchange::take_result() {
  throw_if_failed();
  return appended_;
}

Command<AppendExchange> append(Client& client, const MailboxName& target, base::ByteSource& message,
                               const AppendOptions& options) {
  auto limit = client.capabilities().number_of("APPENDLIMIT");
  if (limit && message.size() > *limit) {
    base::Error error(base::ErrorKind::refused, "imap.message_too_large",
                      fmt::format("the message has {} bytes, the server stores at most {}",
                                  message.size(), *limit));
    throw error.set_session_usable(true);
  }
  CommandText text(client.command_style());
  text.word("APPEND").mailbox(target);
  if (!options.flags.empty()) {
    text.open();
    for (const std::string& flag : options.flags) {
      check_flag(flag);
      text.word(flag);
    }
    text.close();
  }
  if (options.received) text.word(format_date_time(*options.received));
  // RFC 6855 section 4.
  const bool as_utf8 = options.headers == HeaderText::utf8 && client.is_enabled("UTF8=ACCEPT");
  if (as_utf8) {
    text.word("UTF8").open().literal8_head(message.size());
  } else {
    text.literal_head(message.size());
  }
  std::vector<std::vector<Piece>> parts;
  parts.push_back(pieces_of(text));
  if (!parts[0].back().bytes.empty())
    parts[0].emplace_back();  // nothing to wait for between head and bytes
  parts[0].back().source = &message;
  if (as_utf8) parts[0].back().bytes = ")";  // behind the source
  auto exchange = std::make_shared<AppendExchange>();
  client.start(exchange, std::move(parts));
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
