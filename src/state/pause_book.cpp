#include "state/pause_book.hpp"

#include <algorithm>

#include "state/instant_column.hpp"

namespace postroom::state {

std::optional<base::Instant> PauseBook::until(std::string_view mailbox, base::Instant now) {
  std::optional<base::Instant> latest;
  if (const auto noted = noted_.find(mailbox); noted != noted_.end()) latest = noted->second;
  Statement asked = database_.prepare("SELECT until FROM pauses WHERE mailbox = ?1");
  if (asked.bind(1, mailbox).step()) {
    const base::Instant written = instant_of(asked.number(0));
    latest = latest ? std::max(*latest, written) : written;
  }
  if (latest && *latest <= now) latest.reset();
  return latest;
}

void PauseBook::note(std::string_view mailbox, base::Instant until) {
  base::Instant& noted = noted_[std::string(mailbox)];
  noted = std::max(noted, until);
  if (keep_ == Keep::in_memory) return;
  Transaction writing(database_);
  Statement written = database_.prepare(
      "INSERT INTO pauses (mailbox, until) VALUES (?1, ?2)"
      " ON CONFLICT (mailbox) DO UPDATE SET until = max(until, excluded.until)");
  written.bind(1, mailbox).bind(2, number_of(until)).run();
  writing.commit();
}

}  // namespace postroom::state
