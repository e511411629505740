#include "flow/run/surroundings.hpp"

#include <utility>

namespace postroom::flow {

TailStep to_tail_step(const actions::Mutation& mutation) {
  TailStep step{.flag = mutation.flag,
                .is_set = mutation.is_set,
                .target = mutation.target,
                .how = mutation.how};
  switch (mutation.verb) {
    case actions::Verb::change_status:
      step.verb = TailVerb::set_flag;
      break;
    case actions::Verb::move:
      step.verb = TailVerb::move;
      break;
    case actions::Verb::copy:
      step.verb = TailVerb::copy;
      break;
    case actions::Verb::remove:
      step.verb = TailVerb::remove;
      break;
  }
  return step;
}

base::Error missing_target(const std::string& target,
                           const std::vector<mailbox::FolderInfo>& folders) {
  base::Error error = mailbox::folder_not_found(target, folders);
  return error.set_hint(error.hint() + "; to make it, add create: true");
}

void Surroundings::note(std::string text) { events_.note({.text = text}); }

Task<void> Surroundings::mutate(actions::MailInHand& mail, actions::Mutation mutation) {
  if (journal_) {
    journal_->queue(path_, to_tail_step(mutation));
    co_return;
  }
  co_await mutate_now(mail, std::move(mutation));
}

Surroundings::Queueing::Queueing(Surroundings& around, StepJournal& journal, std::string path)
    : around_(around) {
  around_.journal_ = &journal;
  around_.path_ = std::move(path);
}

Surroundings::Queueing::~Queueing() { around_.journal_ = nullptr; }

}  // namespace postroom::flow
