// TailStep: one queued change at the end of a loop's body: what the engine flushes as sets.
#pragma once

#include <string>
#include <string_view>

#include "mailbox/folder.hpp"

namespace postroom::flow {

enum class TailVerb { set_flag, move, copy, remove };

struct TailStep {
  TailVerb verb = TailVerb::set_flag;
  mailbox::Flag flag = mailbox::Flag::seen;        // set_flag
  bool is_set = true;                              // set_flag
  std::string target;                              // move, copy: a folder's path, which exists
  mailbox::Removal how = mailbox::Removal::trash;  // remove

  bool operator==(const TailStep&) const = default;
  // The message leaves the folder: nothing may follow it.
  bool takes_away() const noexcept { return verb == TailVerb::move || verb == TailVerb::remove; }
};

// The verb and target as flows and the run log write them: "change_status" "unread", "move"
// "Archive", "delete" "trash".
std::string_view verb_of(const TailStep& step) noexcept;
std::string target_of(const TailStep& step);

}  // namespace postroom::flow
