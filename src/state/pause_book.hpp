// PauseBook: until when a mailbox's server has asked to be left alone, for every run and process
// that shares the state database.
//
// Does not know: why, or who waits. Mailboxes are opaque names.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "state/database.hpp"

namespace postroom::state {

// No pause in the book is longer. The longest that providers ask for is a day (Gmail's daily
// limits): what lies further ahead was noted while the computer's clock was wrong, and would keep
// every run off the mailbox for ever. The minute is for clocks that are set a little.
constexpr std::chrono::milliseconds longest_pause_kept =
    std::chrono::hours{24} + std::chrono::minutes{1};

class PauseBook {
 public:
  // in_memory: what is noted is forgotten with the object, as a plan wants it.
  enum class Keep { durable, in_memory };
  PauseBook(Database& database, Keep keep) : database_(database), keep_(keep) {}

  // Nothing when there is no pause after `now`, nor for one that lies further ahead than
  // longest_pause_kept.
  std::optional<base::Instant> until(std::string_view mailbox, base::Instant now);
  // The later one of two stays. Longer than longest_pause_kept from `now` is noted as that long.
  void note(std::string_view mailbox, base::Instant until, base::Instant now);

 private:
  Database& database_;
  Keep keep_;
  std::map<std::string, base::Instant, std::less<>> noted_;
};

}  // namespace postroom::state
