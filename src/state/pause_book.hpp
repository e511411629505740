// PauseBook: until when a mailbox's server has asked to be left alone, for every run and process
// that shares the state database.
//
// Does not know: why, or who waits. Mailboxes are opaque names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "state/database.hpp"

namespace postroom::state {

class PauseBook {
 public:
  // in_memory: what is noted is forgotten with the object, as a plan wants it.
  enum class Keep { durable, in_memory };
  PauseBook(Database& database, Keep keep) : database_(database), keep_(keep) {}

  // Nothing when there is no pause after `now`.
  std::optional<base::Instant> until(std::string_view mailbox, base::Instant now);
  // The later one of two stays.
  void note(std::string_view mailbox, base::Instant until);

 private:
  Database& database_;
  Keep keep_;
  std::map<std::string, base::Instant, std::less<>> noted_;
};

}  // namespace postroom::state
