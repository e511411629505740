#include "state/pause_book.hpp"

#include <algorithm>

#include "state/instant_column.hpp"

namespace postroom::state {

std::optional<base::Instant> PauseBook::until(std::string_view mailbox, base::Instant now) {
  std::optional<base::Instant> latest;
  auto consider = [&](base::Instant noted) {
    const bool is_kept = noted > now && noted <= now + longest_pause_kept;
    if (is_kept) latest = std::max(latest.value_or(noted), noted);
  };
  if (const auto noted = noted_.find(mailbox); noted != noted_.end()) consider(noted->second);
  Statement asked = database_.prepare("SELECT until FROM pauses WHERE mailbox = ?1");
  if (asked.bind(1, mailbox).step()) consider(instant_of(asked.number(0)));
  return latest;
}

void PauseBook::note(std::string_view mailbox, base::Instant until, base::Instant now) {
  const base::Instant latest = now + longest_pause_kept;
  until = std::min(until, latest);
  base::Instant& noted = noted_[std::string(mailbox)];
  noted = noted > latest ? until : std::max(noted, until);
  if (keep_ == Keep::in_memory) return;
  Transaction writing(database_);
  Statement written = database_.prepare(
      "INSERT INTO pauses (mailbox, until) VALUES (?1, ?2)"
      " ON CONFLICT (mailbox) DO UPDATE SET until ="
      " CASE WHEN until > ?3 THEN excluded.until ELSE max(until, excluded.until) END");
  written.bind(1, mailbox).bind(2, number_of(until)).bind(3, number_of(latest)).run();
  writing.commit();
}

}  // namespace postroom::state
