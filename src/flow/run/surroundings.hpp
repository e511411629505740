// The doors through which actions reach outside: the run's do, the plan's only tell.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "actions/action.hpp"
#include "base/clock.hpp"
#include "flow/loop/loop_body.hpp"
#include "flow/run_events.hpp"
#include "mailbox/store.hpp"

namespace postroom::flow {

using base::Task;

TailStep to_tail_step(const actions::Mutation& mutation);

// folder.not_found, whose hint also offers `create: true`.
base::Error missing_target(const std::string& target,
                           const std::vector<mailbox::FolderInfo>& folders);

class Surroundings : public actions::Surroundings {
 public:
  Surroundings(const base::Clock& clock, std::string zone, RunEvents& events)
      : clock_(clock), zone_(std::move(zone)), events_(events) {}

  const base::Clock& clock() const noexcept override { return clock_; }
  const std::string& zone() const noexcept override { return zone_; }
  void note(std::string text) override;
  Task<void> mutate(actions::MailInHand& mail, actions::Mutation mutation) final;

  // While it lives, changes to the message in hand are queued under `path` instead of made.
  class Queueing {
   public:
    Queueing(Surroundings& around, StepJournal& journal, std::string path);
    ~Queueing();
    Queueing(const Queueing&) = delete;

   private:
    Surroundings& around_;
  };

 protected:
  virtual Task<void> mutate_now(actions::MailInHand& mail, actions::Mutation mutation) = 0;

  const base::Clock& clock_;
  std::string zone_;
  RunEvents& events_;

 private:
  StepJournal* journal_ = nullptr;
  std::string path_;
};

class RunSurroundings final : public Surroundings {
 public:
  using Surroundings::Surroundings;
  bool is_plan() const noexcept override { return false; }
  Task<actions::SavedFile> save_file(actions::FileTarget target,
                                     std::function<Task<void>(base::ByteSink&)> fill) override;
  Task<std::string> target_folder(session::Session& session, std::string target,
                                  bool create) override;
  Task<actions::Sending> send(session::Session& session, mime::Draft draft,
                              actions::SentCopy sent_copy) override;

 protected:
  Task<void> mutate_now(actions::MailInHand& mail, actions::Mutation mutation) override;

 private:
  Task<mailbox::SendOutcome> send_with_retry(session::Session& session, mailbox::Outgoing outgoing);
  Task<void> file_sent_copy(session::Session& session, base::ByteSource& body);

  std::map<std::pair<std::string, std::string>, std::string> targets_;  // session and name -> path
};

class PlanSurroundings final : public Surroundings {
 public:
  using Surroundings::Surroundings;
  bool is_plan() const noexcept override { return true; }
  Task<actions::SavedFile> save_file(actions::FileTarget target,
                                     std::function<Task<void>(base::ByteSink&)> fill) override;
  Task<std::string> target_folder(session::Session& session, std::string target,
                                  bool create) override;
  Task<actions::Sending> send(session::Session& session, mime::Draft draft,
                              actions::SentCopy sent_copy) override;

 protected:
  Task<void> mutate_now(actions::MailInHand& mail, actions::Mutation mutation) override;

 private:
  std::set<std::string> planned_;  // files that this plan would have written
};

}  // namespace postroom::flow
