#include "imap/client/set_exchange.hpp"

namespace postroom::imap {

void SetExchange::accept(std::size_t part, const wire::Status& status) {
  UidSet done = sets_[part];
  if (status.code.is("MODIFIED")) {
    auto modified = parse_uid_set(status.code.arguments);
    // What cannot be read confirms nothing.
    const UidSet& kept = modified ? *modified : sets_[part];
    result_.modified.add(kept);
    done = done.without(kept);
  }
  result_.done.add(done);
}

void SetExchange::refuse(std::size_t part, const wire::Status&, const base::Error& error) {
  result_.refused.add(sets_[part]);
  if (!result_.refusal) result_.refusal = error;
}

SetResult SetExchange::take_result() {
  throw_if_broken();
  return std::move(result_);
}

Command<SetExchange> start_set(Client& client, std::string_view verb, const Messages& messages,
                               const CommandText& tail) {
  CutCommand cut = cut_command(client, verb, messages, tail);
  auto exchange = std::make_shared<SetExchange>(verb, std::move(cut.sets));
  client.start(exchange, std::move(cut.parts));
  return {client, std::move(exchange)};
}

}  // namespace postroom::imap
