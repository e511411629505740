#include "imap/client/resync.hpp"

#include <fmt/format.h>

namespace postroom::imap {

namespace {

// A folder of which more has changed is listed as quickly; each reply is held until the end.
constexpr std::size_t most_replies = 1'000'000;

}  // namespace

void ResyncExchange::forget_other_folder() {
  SelectExchange::forget_other_folder();
  vanished_ = {};
  changed_.clear();
}

bool ResyncExchange::take(const wire::Response& response) {
  const bool counts = std::holds_alternative<wire::VanishedData>(response) ||
                      std::holds_alternative<wire::FetchReference>(response);
  if (counts && ++replies_ > most_replies) return false;
  if (const auto* gone = std::get_if<wire::VanishedData>(&response)) {
    auto uids = parse_uid_set(gone->uids);
    if (!gone->earlier) return false;
    // Messages that are gone would be left standing: the answer is worth nothing.
    if (!uids) return is_unreadable_ = true;
    vanished_.add(*uids);
    return true;
  }
  if (const auto* fetch = std::get_if<wire::FetchReference>(&response)) {
    const wire::FetchData& data = *fetch->data;
    if (!data.uid) return false;
    changed_.push_back(
        {*data.uid, std::string(data.flags.value_or(std::string_view())), data.modseq.value_or(0)});
    return true;
  }
  return SelectExchange::take(response);
}

Resynced ResyncExchange::take_result() {
  Resynced result{.folder = SelectExchange::take_result()};
  result.is_answered = result.folder.uid_validity == point_.uid_validity &&
                       result.folder.highest_modseq != 0 && !is_unreadable_ &&
                       replies_ <= most_replies;
  if (!result.is_answered) return result;
  result.vanished = std::move(vanished_);
  result.changed = std::move(changed_);
  return result;
}

Command<ResyncExchange> select_resync(Client& client, const MailboxName& name, Access access,
                                      const ResyncPoint& point) {
  if (!client.is_enabled("QRESYNC")) {
    throw base::Error(base::ErrorKind::unsupported, "imap.no_qresync",
                      "the server does not remember what changed in its folders (QRESYNC)",
                      "nothing is lost: the folder is listed instead")
        .set_session_usable(true);
  }
  CommandText text(client.command_style());
  text.word(access == Access::read_only ? "EXAMINE" : "SELECT").mailbox(name);
  std::string parameters =
      fmt::format("(QRESYNC ({} {}", point.uid_validity, std::max<std::uint64_t>(point.modseq, 1));
  const std::string known = point.known.to_string();
  // Optional: without it the server may tell of more than was known.
  if (!known.empty() && known.size() < client.limits().command_line / 2) parameters += " " + known;
  text.word(parameters + "))");
  auto exchange = std::make_shared<ResyncExchange>(client, name, access, point);
  client.start(exchange, text);
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
