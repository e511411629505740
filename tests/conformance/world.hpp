// World: a mailbox of some kind, filled from behind and looked at through mailbox::Store.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "mailbox/store.hpp"

namespace postroom::test {

using mailbox::Task;

class World {
 public:
  virtual ~World() = default;

  // Before open. Folders other than Inbox, Sent and Trash are made. CRLF.
  virtual void deliver(const std::string& folder, const std::string& raw,
                       const mailbox::Flags& flags, base::Instant received) = 0;
  virtual Task<void> open() = 0;

  // A message can be removed from a folder without touching others.
  virtual bool removes_one() const { return true; }
  virtual bool tells_new_keys() const { return true; }
  virtual bool can_change() const { return true; }

  mailbox::Store& store() { return *store_; }

  // Says goodbye and lets go: a connection must not outlive its loop.
  Task<void> close() {
    co_await store_->close();
    store_.reset();
  }

 protected:
  std::unique_ptr<mailbox::Store> store_;
};

struct WorldKind {
  std::string name;
  std::function<std::unique_ptr<World>()> make;
};

inline void PrintTo(const WorldKind& kind, std::ostream* out) { *out << kind.name; }

// Every kind that the suite runs on.
const std::vector<WorldKind>& world_kinds();

// A memory mailbox with one ability off at a time: "move", "flag", "append", "create".
const std::vector<WorldKind>& reduced_kinds();

std::unique_ptr<World> make_memory_world();
std::unique_ptr<World> make_memory_world_without(const std::string& ability);
std::unique_ptr<World> make_maildir_world();
std::unique_ptr<World> make_dovecot_world(const std::vector<std::string>& without);

}  // namespace postroom::test
