#include "smtp/quirks.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace postroom::smtp {
namespace {

constexpr QuirkRow table[] = {
    {"takes_chunks", "Gmail, Exchange and Exchange Online, Postfix, Exim, Dovecot",
     "does what it offers with CHUNKING. Only there a small message travels in one BDAT chunk "
     "beside its envelope: a server that offers CHUNKING and does not know BDAT (proxies and "
     "filters do that) would read the message's lines as commands",
     "the server's name in the greeting", "providers/exim.txt"},
    {"hello_again", "Dovecot submission",
     "offers before the sign-in what it can do itself, and after it what the server behind it can "
     "do: EHLO is said again after the sign-in",
     "\"Dovecot\" in the greeting", "providers/dovecot_submission.txt"},
    {"no_pipelining", "Papercut",
     "offers PIPELINING and loses commands that arrive together: one command at a time",
     "\"Papercut\" in the greeting", "providers/papercut.txt"},
};

// Each with the words that only this server's greeting has.
constexpr std::string_view chunkers[] = {
    "gsmtp", "microsoft esmtp mail service", "esmtp postfix", "esmtp exim", "dovecot",
};

}  // namespace

std::span<const QuirkRow> quirk_table() noexcept { return table; }

Quirks detect_quirks(std::string_view greeting) {
  const std::string lower = base::ascii_lower(greeting);
  Quirks quirks;
  quirks.takes_chunks =
      std::ranges::any_of(chunkers, [&](std::string_view name) { return lower.contains(name); });
  quirks.hello_again = lower.contains("dovecot");
  quirks.no_pipelining = lower.contains("papercut");
  return quirks;
}

}  // namespace postroom::smtp
