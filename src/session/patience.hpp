// Patience: how a session bears with its server: how often a lost connection is opened again, how
// long a pause is kept that the server asked for, and when enough is enough.
//
// Knows: the rules, the pauses that other runs left behind. Does not know: protocols.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/clock.hpp"
#include "base/task.hpp"
#include "session/retry.hpp"
#include "state/pause_book.hpp"
#include "stores/open_store.hpp"

namespace postroom::session {

using base::Task;

struct PausePolicy {
  // Exchange Online asks for 300 s when it throttles: a run sits that out. Who asks for more (Gmail
  // and daily limits: up to a day) is obeyed by ending the run.
  std::chrono::milliseconds longest = std::chrono::minutes{6};
  // Where the server names no time; doubles with each time it asks again. Limits that are counted
  // by the minute are over then.
  std::chrono::milliseconds unnamed = std::chrono::seconds{30};
};

struct PatienceRules {
  const base::Clock& clock;
  RetryPolicy retry = {};
  PausePolicy pause = {};
  state::PauseBook* book = nullptr;  // none: pauses are known to this object only
  std::string zone = "UTC";          // of the times that people read
  std::function<void(std::string)> note;
  std::function<Task<void>(std::chrono::milliseconds)> wait;  // net::pause, or a test's
};

class Patience final : public stores::Recovery {
 public:
  // `mailbox` names whose pause it is, in every process alike.
  Patience(PatienceRules rules, std::string mailbox)
      : rules_(std::move(rules)), mailbox_(std::move(mailbox)) {}

  // Waits while a pause lasts that any run was asked for. Throws Error{throttled,
  // "session.paused"} when it lasts too long to be waited for.
  Task<void> before_connecting();

  Task<void> wait_after(base::Error error) override;
  void progressed() noexcept override;
  void note(std::string text) override;

 private:
  Task<void> obey(base::Error error);
  Task<void> wait_until(base::Instant until);
  base::Error last_word(const base::Error& error) const;
  std::string time_of_day(base::Instant at) const;

  PatienceRules rules_;
  std::string mailbox_;
  int failures_ = 0;  // since the last progress
  int pauses_ = 0;    // the same
  bool has_progressed_ = false;
  base::Instant own_until_{};  // of the pause that this session was asked for
  base::Instant told_{};       // the pause that the reader knows of
};

}  // namespace postroom::session
