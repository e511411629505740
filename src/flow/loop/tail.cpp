#include "flow/loop/tail.hpp"

namespace postroom::flow {
namespace {

std::string_view status_of(const TailStep& step) {
  switch (step.flag) {
    case mailbox::Flag::seen:
      return step.is_set ? "read" : "unread";
    case mailbox::Flag::flagged:
      return step.is_set ? "flagged" : "unflagged";
    case mailbox::Flag::answered:
      return step.is_set ? "answered" : "unanswered";
    case mailbox::Flag::draft:
      return step.is_set ? "draft" : "undraft";
    case mailbox::Flag::deleted:
      return step.is_set ? "deleted" : "undeleted";
  }
  return "";
}

}  // namespace

std::string_view verb_of(const TailStep& step) noexcept {
  switch (step.verb) {
    case TailVerb::set_flag:
      return "change_status";
    case TailVerb::move:
      return "move";
    case TailVerb::copy:
      return "copy";
    case TailVerb::remove:
      return "delete";
  }
  return "";
}

std::string target_of(const TailStep& step) {
  switch (step.verb) {
    case TailVerb::set_flag:
      return std::string(status_of(step));
    case TailVerb::move:
    case TailVerb::copy:
      return step.target;
    case TailVerb::remove:
      return step.how == mailbox::Removal::trash ? "trash" : "permanent";
  }
  return "";
}

}  // namespace postroom::flow
