#include "flow/run/file_writer.hpp"
#include "flow/run/surroundings.hpp"
#include "session/session.hpp"

namespace postroom::flow {

// Sizes and digests of what would be fetched are not known; names are, as far as this plan's own
// files go.
Task<actions::SavedFile> PlanSurroundings::save_file(actions::FileTarget target,
                                                     std::function<Task<void>(base::ByteSink&)>) {
  actions::SavedFile file;
  for (int number = 1;; ++number) {
    file.path =
        target.directory + "/" + (number == 1 ? target.name : numbered(target.name, number));
    bool taken = !planned_.insert(file.path).second;
    if (!taken || target.overwrite != actions::Overwrite::number) break;
  }
  co_return file;
}

Task<void> PlanSurroundings::mutate_now(actions::MailInHand&, actions::Mutation) { co_return; }

Task<std::string> PlanSurroundings::target_folder(session::Session& session, std::string target,
                                                  bool create) {
  auto found = co_await session.store().folder(target);
  if (found) co_return found->path;
  if (!create) {
    auto folders = co_await session.store().folders();
    base::Error error = missing_target(target, folders);
    throw error;
  }
  co_return target;
}

Task<actions::Sending> PlanSurroundings::send(session::Session&, mime::Draft draft,
                                              actions::SentCopy) {
  // What would be refused when it is built is refused now.
  auto body = mime::build(draft, clock_);
  co_return actions::Sending{.recipients = draft.to.size() + draft.cc.size() + draft.bcc.size()};
}

}  // namespace postroom::flow
