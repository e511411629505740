#include "imap/client/uid_store.hpp"

#include <fmt/format.h>

#include "imap/wire/search_criteria.hpp"

namespace postroom::imap {

Command<SetExchange> uid_store(Client& client, const Messages& messages, FlagChange change,
                               const std::vector<std::string>& flags, const StoreOptions& options) {
  CommandText tail(client.command_style());
  if (options.unchanged_since > 0) {
    if (!client.can("CONDSTORE") && !client.can("QRESYNC")) {
      throw base::Error(base::ErrorKind::unsupported, "imap.no_condstore",
                        "the server cannot change only what nobody else has changed (CONDSTORE)")
          .set_session_usable(true);
    }
    tail.word(fmt::format("(UNCHANGEDSINCE {})", options.unchanged_since));
  }
  tail.word(change == FlagChange::add ? "+FLAGS.SILENT" : "-FLAGS.SILENT").open();
  for (const std::string& flag : flags) {
    check_flag(flag);
    tail.word(flag);
  }
  tail.close();
  return start_set(client, "UID STORE", messages, tail);
}

}  // namespace postroom::imap
