// MemoryStore: a whole mail store in memory: the reference for what the mailbox interface means,
// and the ground of the loop's model test. Every ability can be switched off, every change can be
// made to fail or to "crash", and another client can meddle behind the back of open folders.
//
// Does not know: protocols. One thread at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "mailbox/store.hpp"

namespace postroom::stores {

struct MemoryAbilities {
  bool move = true;
  bool flag = true;
  bool append = true;
  bool create = true;
};

// A message as it lies in a folder.
struct MemoryMessage {
  std::uint64_t uid = 0;
  mailbox::Message message;  // key is filled in when it is listed
  std::string raw;
  std::map<std::string, std::string, std::less<>> parts;  // decoded, by part id
};

struct MemoryFolder {
  mailbox::FolderInfo info;
  std::uint64_t id = 0;
  std::uint64_t generation = 1;
  std::uint64_t next_uid = 1;
  std::vector<MemoryMessage> messages;  // by uid
};

// The whole content; outlives every store and folder that looks at it, as a server outlives its
// clients.
class MemoryMailbox {
 public:
  MemoryMailbox();  // Inbox, Archive, Sent, Drafts, Trash, Junk, with their roles

  // What another client does. Unknown folders are made.
  mailbox::MessageKey add(std::string_view folder, mailbox::Message message, std::string raw = {});
  bool move(const mailbox::MessageKey& key, std::string_view target);
  bool set_flag(const mailbox::MessageKey& key, mailbox::Flag flag, bool is_set);
  bool expunge(const mailbox::MessageKey& key);
  void renumber(std::string_view folder);  // a new generation: every key changes
  MemoryFolder& folder(std::string_view path);
  const MemoryFolder* find_folder(std::string_view path) const;
  std::vector<MemoryFolder>& folders() noexcept { return folders_; }

  static mailbox::MessageKey key_of(const MemoryFolder& folder, const MemoryMessage& message);
  // Null when there is no such message (any more).
  MemoryMessage* find(const mailbox::MessageKey& key, MemoryFolder** folder = nullptr);

  // Called before and after each single change of a client of MemoryStore ("move", "copy", "flag",
  // "remove", "append"), and between the halves of a move ("move", Moment::between: it is copied,
  // and not yet gone from here). What it throws reaches the client: Error fails that message only
  // if it is `refused` or `not_found`.
  enum class Moment { before, between, after };
  using Hook = std::function<void(std::string_view operation, Moment moment,
                                  const mailbox::MessageKey& key)>;
  Hook hook;

  // Called before each page and each opening: may throw.
  std::function<void()> on_read;

  MemoryAbilities abilities;
  bool moves_at_once = true;  // as a server with MOVE; else copy, then remove, with Moment::between
  std::size_t page_size = 1000;

 private:
  std::vector<MemoryFolder> folders_;
  std::uint64_t next_id_ = 1;
};

std::unique_ptr<mailbox::Store> open_memory_store(MemoryMailbox& mailbox);

}  // namespace postroom::stores
