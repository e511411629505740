#include "imap/client/uid_store.hpp"

#include "imap/wire/search_criteria.hpp"

namespace postroom::imap {

Command<SetExchange> uid_store(Client& client, const Messages& messages, FlagChange change,
                               const std::vector<std::string>& flags) {
  CommandText tail(client.literal_style());
  tail.word(change == FlagChange::add ? "+FLAGS.SILENT" : "-FLAGS.SILENT").open();
  for (const std::string& flag : flags) {
    check_flag(flag);
    tail.word(flag);
  }
  tail.close();
  return start_set(client, "UID STORE", messages, tail);
}

}  // namespace postroom::imap
