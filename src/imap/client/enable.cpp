#include "imap/client/enable.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace postroom::imap {
namespace {

bool offers(const Client& client, std::string_view word) {
  if (word.empty() || word.find_first_of(" ()\"\\{}\r\n") != std::string_view::npos) return false;
  if (client.can(word)) return true;
  return base::ascii_iequals(word, "UTF8=ACCEPT") && client.can("UTF8=ONLY");
}

}  // namespace

bool EnableExchange::take(const wire::Response& response) {
  const auto* data = std::get_if<wire::EnabledData>(&response);
  if (!data) return false;
  wire::for_each_word(data->words, [&](std::string_view word) {
    auto same = [&](const std::string& other) { return base::ascii_iequals(other, word); };
    auto found = std::ranges::find_if(asked_, same);
    // What was not asked for does not change how we read.
    if (found == asked_.end()) return;
    client_.note_enabled(*found);
    if (*found == "QRESYNC") client_.note_enabled("CONDSTORE");
    if (std::ranges::find(enabled_, *found) == enabled_.end()) enabled_.push_back(*found);
  });
  return false;  // counted: once is enough
}

EnableExchange::Result EnableExchange::take_result() {
  throw_if_broken();
  const bool matters = refusal() && (refusal()->kind() == base::ErrorKind::throttled ||
                                     !refusal()->session_usable());
  if (matters) throw_if_failed();
  return std::move(enabled_);
}

Command<EnableExchange> enable(Client& client, const std::vector<std::string_view>& words) {
  CommandText text;
  text.word("ENABLE");
  std::vector<std::string> asked;
  const bool can_enable = client.can("ENABLE") || client.capabilities().has("IMAP4rev2");
  for (std::string_view word : words) {
    if (!can_enable || client.is_enabled(word) || !offers(client, word)) continue;
    asked.emplace_back(word);
    text.word(word);
  }
  const bool is_empty = asked.empty();
  auto exchange = std::make_shared<EnableExchange>(client, std::move(asked));
  if (is_empty) {
    client.start(exchange, std::vector<std::vector<Piece>>{});
  } else {
    client.start(exchange, text);
  }
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
