// Recovery: who decides whether a lost connection is opened again, and when. The rules are
// session/'s; a store that is given none fails at the first loss.
#pragma once

#include <string>

#include "base/error.hpp"
#include "base/task.hpp"

namespace postroom::stores {

class Recovery {
 public:
  virtual ~Recovery() = default;

  // A connection was lost or could not be opened, or the server asked for a pause: waits, and
  // returns when the next try is due. Throws an Error of the same kind when there is to be none,
  // and Error{cancelled}.
  virtual base::Task<void> wait_after(base::Error error) = 0;

  // Something that was asked for has come: tries are counted from the beginning again.
  virtual void progressed() noexcept = 0;

  // A line for the reader of a run.
  virtual void note(std::string text) = 0;
};

}  // namespace postroom::stores
