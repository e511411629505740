#include "smtp/quirk_table.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace postroom::smtp {
namespace {

constexpr QuirkEntry quirk_entries[] = {
    {"takes_chunks",
     &Quirks::takes_chunks,
     "Gmail, Exchange and Exchange Online, Postfix, Exim",
     "does what it offers with CHUNKING; of others that offer it, proxies and filters do not know "
     "BDAT and read the message as commands, and Dovecot 2.3 falls over a chunk behind a refused "
     "sender",
     "a small message travels in one BDAT chunk beside its envelope; elsewhere by DATA",
     "chunks_pipelined.txt",
     {"gsmtp", "microsoft esmtp mail service", "esmtp postfix", "esmtp exim"}},
    {"hello_again",
     &Quirks::hello_again,
     "Dovecot submission",
     "offers before the sign-in what it can do itself, afterwards what the server behind it can do",
     "EHLO is said again after the sign-in, at the price of a round trip",
     "providers/dovecot_submission.txt",
     {"dovecot"}},
    {"no_pipelining",
     &Quirks::no_pipelining,
     "Papercut, Dovecot submission",
     "offers PIPELINING and loses commands that arrive together (Papercut), or falls over an "
     "envelope "
     "that arrives while the message before it is still on its way to the server behind (Dovecot "
     "2.3)",
     "one command at a time",
     "providers/papercut.txt",
     {"papercut", "dovecot"}},
};

}  // namespace

std::span<const QuirkEntry> quirk_table() noexcept { return quirk_entries; }

Quirks detect_quirks(std::string_view greeting) {
  const std::string lower = base::ascii_lower(greeting);
  Quirks quirks;
  for (const QuirkEntry& entry : quirk_entries) {
    quirks.*entry.field = std::ranges::any_of(entry.greeting, [&](std::string_view sign) {
      return !sign.empty() && lower.contains(sign);
    });
  }
  return quirks;
}

}  // namespace postroom::smtp
