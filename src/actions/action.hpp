// Action: the code of one verb, and what it is given.
//
// An action does the same in a plan as in a run: whatever reaches outside goes through
// Surroundings, whose plan version records instead of doing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actions/action_spec.hpp"
#include "base/clock.hpp"
#include "base/task.hpp"
#include "base/value.hpp"
#include "mailbox/folder.hpp"
#include "mailbox/transport.hpp"
#include "mailbox/want.hpp"
#include "mime/builder.hpp"

namespace postroom::session {
class Session;
}

namespace postroom::actions {

using base::Task;

// The message that the innermost (or named) mail loop is at.
struct MailInHand {
  mailbox::Message* message = nullptr;
  mailbox::Folder* folder = nullptr;
  session::Session* session = nullptr;
};

enum class Verb { change_status, move, copy, remove };

// A change to the message in hand. In the tail of a loop it is queued and flushed as part of a set.
struct Mutation {
  Verb verb = Verb::change_status;
  mailbox::Flag flag = mailbox::Flag::seen;        // change_status
  bool is_set = true;                              // change_status
  std::string target;                              // move, copy: folder path
  mailbox::Removal how = mailbox::Removal::trash;  // remove
  bool operator==(const Mutation&) const = default;
};

// Where a file came to lie.
struct SavedFile {
  std::string path;
  std::uint64_t size = 0;
  std::string sha256;    // hex; empty in a plan
  bool existed = false;  // the same bytes lay there already
};

enum class SentCopy { automatic, always, never };

// What came of sending.
struct Sending {
  std::size_t recipients = 0;
  std::vector<mailbox::Refusal> refused;
};

enum class Overwrite { number, replace, skip, fail };

struct FileTarget {
  std::string directory;  // made when missing
  std::string name;       // one safe component
  Overwrite overwrite = Overwrite::number;
};

// Everything that reaches outside memory. One implementation runs, one plans.
class Surroundings {
 public:
  virtual ~Surroundings() = default;

  virtual bool is_plan() const noexcept = 0;
  virtual const base::Clock& clock() const noexcept = 0;
  virtual const std::string& zone() const noexcept = 0;

  // Writes what `fill` gives to a new file that appears under its name only when it is whole and on
  // disk.
  virtual Task<SavedFile> save_file(FileTarget target,
                                    std::function<Task<void>(base::ByteSink&)> fill) = 0;

  // Changes the message in hand: at once, or with the loop's tail.
  virtual Task<void> mutate(MailInHand& mail, Mutation mutation) = 0;

  // Makes sure that `target` is there (`create`) or fails with folder.not_found; gives its path.
  virtual Task<std::string> target_folder(session::Session& session, std::string target,
                                          bool create) = 0;

  // Hands `draft`, which carries its Message-ID, to the session's transport. Returns when the
  // server has taken it for at least one recipient. Throws what was in the way: Error{...,
  // "send.uncertain"} when nobody knows whether it went.
  virtual Task<Sending> send(session::Session& session, mime::Draft draft, SentCopy sent_copy) = 0;

  // A line for the reader of this run.
  virtual void note(std::string text) = 0;
};

struct Invocation {
  const base::Map& fields;  // evaluated, typed as the spec says
  session::Session* session = nullptr;
  MailInHand* mail = nullptr;
  Surroundings& around;
  // The same text each time this step is tried for this message: what a Message-ID is made from.
  // send, reply.
  std::string idempotency_key;
};

struct Result {
  base::Value as;       // what `as` names
  std::string summary;  // "save 2 attachments to /srv/invoices/2026-11"
  std::string warning;  // done, but not whole: "the server refused 1 of 3 recipients"
};

class Action {
 public:
  virtual ~Action() = default;
  virtual const ActionSpec& spec() const noexcept = 0;
  // What the action reads of the message in hand. `constants` holds those of its fields that are
  // written out.
  virtual mailbox::Want want(const base::Map& constants) const;
  virtual Task<Result> run(Invocation invocation) const = 0;
};

}  // namespace postroom::actions
