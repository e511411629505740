#include "state/numberings.hpp"

namespace postroom::state {

std::optional<std::string> Numberings::replace(std::string_view mailbox, std::string_view folder,
                                               std::string_view numbering) {
  std::optional<std::string> before;
  Transaction writing(database_);
  Statement asked =
      database_.prepare("SELECT numbering FROM numberings WHERE mailbox = ?1 AND folder = ?2");
  if (asked.bind(1, mailbox).bind(2, folder).step()) before = asked.text(0);
  asked.reset();
  if (before != numbering) {
    Statement written = database_.prepare(
        "INSERT OR REPLACE INTO numberings (mailbox, folder, numbering) VALUES (?1, ?2, ?3)");
    written.bind(1, mailbox).bind(2, folder).bind(3, numbering).run();
  }
  writing.commit();
  return before;
}

}  // namespace postroom::state
