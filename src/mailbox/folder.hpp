// Folder: one open folder of a store, and its abilities, which are present or absent, never
// present-and-throwing.
//
// Does not know: protocols, flows, the ledger.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "mailbox/message.hpp"
#include "mailbox/query.hpp"
#include "mailbox/want.hpp"

namespace postroom::mailbox {

using base::Task;

// What became of one message of a set. `new_key` when it has a new name and the store knows it.
struct Outcome {
  MessageKey key;
  std::optional<MessageKey> new_key;
  std::optional<base::Error> error;  // nothing: done
  // Something the user should know although it worked ("flagged deleted only: the server cannot
  // expunge one message").
  std::string note;
};

using MessageSet = std::vector<MessageKey>;

// A listing in pages. The cursor owns the page it gave last; the next call invalidates it. It
// fetches ahead by one page.
class MessageCursor {
 public:
  virtual ~MessageCursor() = default;
  // Null at the end. At most 1,000 messages, fewer when they carry text. Throws Error.
  virtual Task<std::vector<Message>*> next_page() = 0;
  // Messages that the server named and that are yet to come, if it said so: for progress.
  virtual std::optional<std::uint64_t> remaining() const = 0;
};

class Moving {
 public:
  virtual ~Moving() = default;
  // Nothing is deleted here that was not confirmed copied there. `target` is a folder's path
  // (Store::folder).
  virtual Task<std::vector<Outcome>> move(MessageSet set, std::string target) = 0;
  virtual Task<std::vector<Outcome>> copy(MessageSet set, std::string target) = 0;
};

class Flagging {
 public:
  virtual ~Flagging() = default;
  virtual Task<std::vector<Outcome>> set_flag(MessageSet set, Flag flag, bool is_set) = 0;
};

class Appending {
 public:
  virtual ~Appending() = default;
  // Stores a whole message (RFC 5322, CRLF). The new key when the store tells it.
  virtual Task<std::optional<MessageKey>> append(base::ByteSource& message, Flags flags,
                                                 std::optional<base::Instant> received) = 0;
};

enum class Removal { trash, permanent };
enum class Access { read_only, read_write };

class Folder {
 public:
  virtual ~Folder() = default;

  virtual const std::string& path() const noexcept = 0;  // '/'-separated Unicode
  // Whose keys these are: changes when the server renumbered the folder (IMAP UIDVALIDITY). For
  // notices only.
  virtual std::string generation() const = 0;

  // Complete: what the server cannot filter is filtered here by evaluate(). Messages that vanish
  // while listing are left out. One message that cannot be read is given with a warning and what is
  // known of it, one that the server refuses with its `refusal`. Error{refused,
  // "folder.renumbered"} when the server has renumbered the folder under a listing, or under keys
  // that a later call is given: find again.
  virtual Task<std::unique_ptr<MessageCursor>> find(Query query, Want want, Order order) = 0;

  // One leaf part, decoded, streamed. Throws Error{not_found, "message.gone"} when the message has
  // gone.
  virtual Task<void> part(MessageKey key, mime::Part part, base::ByteSink& sink) = 0;
  // The whole message as stored.
  virtual Task<void> raw(MessageKey key, base::ByteSink& sink) = 0;

  // trash: into the folder with that role (Error{not_found, "folder.no_trash"} when there is none).
  virtual Task<std::vector<Outcome>> remove(MessageSet set, Removal how) = 0;

  virtual Moving* moving() noexcept { return nullptr; }
  virtual Flagging* flagging() noexcept { return nullptr; }
  virtual Appending* appending() noexcept { return nullptr; }
};

}  // namespace postroom::mailbox
