#include "session/patience.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/date.hpp"

namespace postroom::session {

using base::Error;
using base::ErrorKind;
using base::Instant;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds minute = std::chrono::minutes{1};

}  // namespace

void Patience::progressed() noexcept {
  failures_ = pauses_ = 0;
  has_progressed_ = true;
}

void Patience::note(std::string text) {
  if (rules_.note) rules_.note(std::move(text));
}

// The minute in which it is over.
std::string Patience::time_of_day(Instant at) const {
  const bool is_soon = at - rules_.clock.now() < std::chrono::hours{12};
  const auto in_minutes = (at.time_since_epoch() + minute - milliseconds{1}) / minute;
  const Instant rounded{milliseconds{in_minutes * minute.count()}};
  return base::format_date({rounded, rules_.zone}, is_soon ? "%H:%M" : "%Y-%m-%d %H:%M") + " (" +
         rules_.zone + ")";
}

Error Patience::last_word(const Error& error) const {
  if (!has_progressed_ || failures_ < 2) return error;
  return error.during(fmt::format("given up after {} tries without progress", failures_));
}

Task<void> Patience::before_connecting() {
  const Instant now = rules_.clock.now();
  std::optional<Instant> until;
  if (rules_.book) until = rules_.book->until(mailbox_, now);
  if (own_until_ > now) until = std::max(until.value_or(own_until_), own_until_);
  if (!until) co_return;
  const milliseconds left = *until - now;
  if (left > rules_.pause.longest) {
    Error error(
        ErrorKind::throttled, "session.paused",
        "the server has asked for a pause until " + time_of_day(*until) + ", and it is not over",
        "run again after that time. The state remembers it for every run on this mailbox; if this "
        "computer's clock was wrong when it was noted, it still ends within a day");
    throw error.set_transient(true).set_retry_after(left);
  }
  co_await wait_until(*until);
}

Task<void> Patience::wait_until(Instant until) {
  if (told_ != until) {
    told_ = until;
    note("the server asks for a pause until " + time_of_day(until));
  }
  // A timer may be early by the clock.
  for (Instant now = rules_.clock.now(); now < until; now = rules_.clock.now()) {
    Task<void> waiting = rules_.wait(until - now);
    co_await std::move(waiting);
  }
}

Task<void> Patience::obey(Error error) {
  const milliseconds unnamed = rules_.pause.unnamed * (1 << std::min(pauses_, 20));
  const milliseconds asked =
      std::max(error.retry_after().value_or(unnamed), rules_.retry.first_pause);
  const Instant until = rules_.clock.now() + asked;
  own_until_ = std::max(own_until_, until);
  if (rules_.book) rules_.book->note(mailbox_, until, rules_.clock.now());
  if (++pauses_ >= rules_.retry.tries || asked > rules_.pause.longest) {
    error.set_hint("run again after " + time_of_day(until) +
                   "; until then other runs on this mailbox wait or end as well");
    error.set_retry_after(asked).set_transient(true);
    throw error.during("the server asks for a pause until " + time_of_day(until));
  }
  co_await wait_until(until);
}

Task<void> Patience::wait_after(Error error) {
  if (error.kind() == ErrorKind::throttled) {
    if (error.code() == "session.paused") throw error;
    Task<void> obeying = obey(std::move(error));
    co_await std::move(obeying);
    co_return;
  }
  const auto pause = pause_before(rules_.retry, ++failures_ + 1, error);
  if (!pause) throw last_word(error);
  note(fmt::format("{}; trying again in {}", error.message(), base::to_words(*pause)));
  Task<void> waiting = rules_.wait(*pause);
  co_await std::move(waiting);
  co_await before_connecting();  // another run may have been asked for a pause meanwhile
}

}  // namespace postroom::session
