#include "stores/memory_store.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "mailbox/evaluate.hpp"

namespace postroom::stores {
namespace {

using base::Error;
using base::ErrorKind;
using base::Task;
using mailbox::Message;
using mailbox::MessageKey;
using mailbox::MessageSet;
using mailbox::Outcome;
using Moment = MemoryMailbox::Moment;

Error message_gone() {
  return {ErrorKind::not_found, "message.gone", "the message is no longer in this folder"};
}

void change_flag(mailbox::Flags& flags, mailbox::Flag flag, bool is_set) {
  switch (flag) {
    case mailbox::Flag::seen:
      flags.seen = is_set;
      break;
    case mailbox::Flag::flagged:
      flags.flagged = is_set;
      break;
    case mailbox::Flag::answered:
      flags.answered = is_set;
      break;
    case mailbox::Flag::draft:
      flags.draft = is_set;
      break;
    case mailbox::Flag::deleted:
      flags.deleted = is_set;
      break;
  }
}

std::string path_of(std::string_view path) {
  return base::ascii_iequals(path, "inbox") ? std::string("Inbox") : std::string(path);
}

MemoryFolder* folder_of(std::vector<MemoryFolder>& folders, std::string_view path_or_role) {
  auto role = path_or_role.starts_with('@') ? mailbox::role_of(path_or_role) : std::nullopt;
  std::string path = path_of(path_or_role);
  for (auto& folder : folders) {
    if (role ? folder.info.role == role : folder.info.path == path) return &folder;
  }
  return nullptr;
}

void insert(MemoryFolder& folder, MemoryMessage message) {
  message.uid = folder.next_uid++;
  folder.messages.push_back(std::move(message));
}

// The keys that matched when the search was made; those that vanish before their page are left out.
class Cursor final : public mailbox::MessageCursor {
 public:
  Cursor(MemoryMailbox& mailbox, std::vector<MessageKey> keys, mailbox::Query query,
         mailbox::Want want)
      : mailbox_(mailbox), keys_(std::move(keys)), evaluator_(query), want_(std::move(want)) {}

  Task<std::vector<Message>*> next_page() override {
    if (mailbox_.on_read) mailbox_.on_read();
    page_.clear();
    std::size_t limit = std::clamp<std::size_t>(mailbox_.page_size, 1, 1000);
    while (at_ < keys_.size() && page_.size() < limit) {
      const MessageKey& key = keys_[at_++];
      const MemoryMessage* found = mailbox_.find(key);
      if (found == nullptr || !evaluator_.matches(found->message)) continue;
      page_.push_back(wanted_of(found->message));
      page_.back().key = key;
    }
    co_return page_.empty() ? nullptr : &page_;
  }

  std::optional<std::uint64_t> remaining() const override { return keys_.size() - at_; }

 private:
  // Nothing that was not asked for, so that a flow which forgets to ask is found out.
  Message wanted_of(const Message& all) const {
    Message message;
    if (want_.envelope) message.envelope = all.envelope;
    if (want_.flags) message.flags = all.flags;
    if (want_.size) message.size = all.size;
    if (want_.received) message.received = all.received;
    if (want_.structure) {
      message.structure = all.structure;
      message.attachments = all.attachments;
    }
    if (want_.text) {
      message.text = all.text;
      message.html = all.html;
    }
    for (const auto& header : all.headers) {
      auto is_it = [&](const std::string& name) { return base::ascii_iequals(name, header.first); };
      if (want_.all_headers || std::ranges::any_of(want_.headers, is_it))
        message.headers.push_back(header);
    }
    message.warnings = all.warnings;
    message.refusal = all.refusal;
    return message;
  }

  MemoryMailbox& mailbox_;
  std::vector<MessageKey> keys_;
  mailbox::Evaluator evaluator_;
  mailbox::Want want_;
  std::size_t at_ = 0;
  std::vector<Message> page_;
};

class OpenFolder final : public mailbox::Folder,
                         public mailbox::Moving,
                         public mailbox::Flagging,
                         public mailbox::Appending {
 public:
  OpenFolder(MemoryMailbox& mailbox, std::string path, mailbox::Access access)
      : mailbox_(mailbox), path_(std::move(path)), access_(access) {}

  const std::string& path() const noexcept override { return path_; }
  std::string generation() const override {
    return std::to_string(mailbox_.folder(path_).generation);
  }

  Task<std::unique_ptr<mailbox::MessageCursor>> find(mailbox::Query query, mailbox::Want want,
                                                     mailbox::Order order) override {
    if (mailbox_.on_read) mailbox_.on_read();
    MemoryFolder& folder = mailbox_.folder(path_);
    std::vector<MessageKey> keys;
    mailbox::Evaluator evaluator(query);
    for (const auto& message : folder.messages) {
      if (evaluator.matches(message.message))
        keys.push_back(MemoryMailbox::key_of(folder, message));
    }
    if (order == mailbox::Order::newest_first) std::ranges::reverse(keys);
    co_return std::make_unique<Cursor>(mailbox_, std::move(keys), std::move(query),
                                       std::move(want));
  }

  Task<void> part(MessageKey key, mime::Part part, base::ByteSink& sink) override {
    const MemoryMessage* message = mailbox_.find(key);
    if (message == nullptr) throw message_gone();
    auto found = message->parts.find(part.id);
    if (found == message->parts.end()) {
      throw Error(ErrorKind::not_found, "message.no_part", "the message has no part " + part.id);
    }
    sink.write(found->second);
    co_return;
  }

  Task<void> raw(MessageKey key, base::ByteSink& sink) override {
    const MemoryMessage* message = mailbox_.find(key);
    if (message == nullptr) throw message_gone();
    sink.write(message->raw);
    co_return;
  }

  Task<std::vector<Outcome>> remove(MessageSet set, mailbox::Removal how) override {
    check_writable();
    if (how == mailbox::Removal::trash) {
      MemoryFolder* trash = folder_of(mailbox_.folders(), "@trash");
      if (trash == nullptr)
        throw Error(ErrorKind::not_found, "folder.no_trash", "there is no trash folder");
      std::string target = trash->info.path;
      co_return each(set, "remove",
                     [&](const MessageKey& key, Outcome& outcome) { take(key, target, outcome); });
    }
    co_return each(set, "remove", [&](const MessageKey& key, Outcome&) { mailbox_.expunge(key); });
  }

  Task<std::vector<Outcome>> move(MessageSet set, std::string target) override {
    check_writable();
    check_target(target);
    co_return each(set, "move",
                   [&](const MessageKey& key, Outcome& outcome) { take(key, target, outcome); });
  }

  Task<std::vector<Outcome>> copy(MessageSet set, std::string target) override {
    check_writable();
    check_target(target);
    co_return each(set, "copy",
                   [&](const MessageKey& key, Outcome& outcome) { put(key, target, outcome); });
  }

  Task<std::vector<Outcome>> set_flag(MessageSet set, mailbox::Flag flag, bool is_set) override {
    check_writable();
    co_return each(set, "flag",
                   [&](const MessageKey& key, Outcome&) { mailbox_.set_flag(key, flag, is_set); });
  }

  Task<std::optional<MessageKey>> append(base::ByteSource& source, mailbox::Flags flags,
                                         std::optional<base::Instant> received) override {
    check_writable();
    if (mailbox_.hook) mailbox_.hook("append", Moment::before, {});
    MemoryMessage added;
    added.raw.resize(source.size());
    std::size_t filled = 0;
    while (filled < added.raw.size()) {
      std::size_t n = source.read(std::span(added.raw).subspan(filled));
      if (n == 0) break;
      filled += n;
    }
    added.raw.resize(filled);
    added.message.flags = std::move(flags);
    added.message.received = received;
    added.message.size = filled;
    MemoryFolder& folder = mailbox_.folder(path_);
    insert(folder, std::move(added));
    MessageKey key = MemoryMailbox::key_of(folder, folder.messages.back());
    if (mailbox_.hook) mailbox_.hook("append", Moment::after, key);
    co_return key;
  }

  mailbox::Moving* moving() noexcept override { return mailbox_.abilities.move ? this : nullptr; }
  mailbox::Flagging* flagging() noexcept override {
    return mailbox_.abilities.flag ? this : nullptr;
  }
  mailbox::Appending* appending() noexcept override {
    return mailbox_.abilities.append ? this : nullptr;
  }

 private:
  void check_writable() const {
    if (access_ == mailbox::Access::read_write) return;
    throw Error(ErrorKind::refused, "folder.read_only", path_ + " is open for reading only");
  }

  void check_target(const std::string& target) {
    if (folder_of(mailbox_.folders(), target) != nullptr) return;
    std::vector<mailbox::FolderInfo> infos;
    for (const auto& folder : mailbox_.folders()) infos.push_back(folder.info);
    throw mailbox::folder_not_found(target, infos);
  }

  // The copy first: nothing is deleted that is not there.
  void put(const MessageKey& key, const std::string& target, Outcome& outcome) {
    MemoryFolder* to = folder_of(mailbox_.folders(), target);
    insert(*to, MemoryMessage(*mailbox_.find(key)));
    outcome.new_key = MemoryMailbox::key_of(*to, to->messages.back());
  }

  void take(const MessageKey& key, const std::string& target, Outcome& outcome) {
    put(key, target, outcome);
    if (!mailbox_.moves_at_once && mailbox_.hook) mailbox_.hook("move", Moment::between, key);
    mailbox_.expunge(key);
  }

  template <class Change>
  std::vector<Outcome> each(const MessageSet& set, std::string_view operation, Change change) {
    std::vector<Outcome> outcomes;
    for (const auto& key : set) {
      Outcome outcome;
      outcome.key = key;
      try {
        if (mailbox_.hook) mailbox_.hook(operation, Moment::before, key);
        MemoryFolder* at = nullptr;
        if (mailbox_.find(key, &at) == nullptr || at->info.path != path_) throw message_gone();
        change(key, outcome);
        if (mailbox_.hook) mailbox_.hook(operation, Moment::after, key);
      } catch (const Error& error) {
        if (error.kind() != ErrorKind::refused && error.kind() != ErrorKind::not_found) throw;
        outcome.error = error;
      }
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }

  MemoryMailbox& mailbox_;
  std::string path_;
  mailbox::Access access_;
};

class MemoryStore final : public mailbox::Store {
 public:
  explicit MemoryStore(MemoryMailbox& mailbox) : mailbox_(mailbox) {}

  Task<std::vector<mailbox::FolderInfo>> folders() override { co_return infos(); }

  Task<std::optional<mailbox::FolderInfo>> folder(std::string path_or_role) override {
    const MemoryFolder* found = folder_of(mailbox_.folders(), path_or_role);
    co_return found == nullptr ? std::nullopt : std::optional(found->info);
  }

  Task<std::unique_ptr<mailbox::Folder>> open(std::string path_or_role,
                                              mailbox::Access access) override {
    if (mailbox_.on_read) mailbox_.on_read();
    const MemoryFolder* found = folder_of(mailbox_.folders(), path_or_role);
    if (found == nullptr) throw mailbox::folder_not_found(path_or_role, infos());
    co_return std::make_unique<OpenFolder>(mailbox_, found->info.path, access);
  }

  Task<bool> create(std::string path) override {
    if (!mailbox_.abilities.create) {
      throw Error(ErrorKind::unsupported, "store.no_create", "folders cannot be made here");
    }
    bool is_new = folder_of(mailbox_.folders(), path) == nullptr;
    mailbox_.folder(path);
    co_return is_new;
  }

  bool can_move() const noexcept override { return mailbox_.abilities.move; }
  bool can_flag() const noexcept override { return mailbox_.abilities.flag; }
  bool can_append() const noexcept override { return mailbox_.abilities.append; }
  bool can_create() const noexcept override { return mailbox_.abilities.create; }

  Task<void> close() override { co_return; }

 private:
  std::vector<mailbox::FolderInfo> infos() const {
    std::vector<mailbox::FolderInfo> result;
    for (const auto& folder : mailbox_.folders()) result.push_back(folder.info);
    return result;
  }

  MemoryMailbox& mailbox_;
};

}  // namespace

MemoryMailbox::MemoryMailbox() {
  using mailbox::Role;
  std::pair<const char*, Role> known[] = {{"Inbox", Role::inbox}, {"Archive", Role::archive},
                                          {"Sent", Role::sent},   {"Drafts", Role::drafts},
                                          {"Trash", Role::trash}, {"Junk", Role::junk}};
  for (const auto& [path, role] : known) folder(path).info.role = role;
}

MemoryFolder& MemoryMailbox::folder(std::string_view path) {
  if (MemoryFolder* found = folder_of(folders_, path)) return *found;
  MemoryFolder& made = folders_.emplace_back();
  made.info.path = path_of(path);
  made.id = next_id_++;
  return made;
}

const MemoryFolder* MemoryMailbox::find_folder(std::string_view path) const {
  return folder_of(const_cast<std::vector<MemoryFolder>&>(folders_), path);
}

MessageKey MemoryMailbox::key_of(const MemoryFolder& folder, const MemoryMessage& message) {
  return {std::to_string(folder.id) + ":" + std::to_string(folder.generation) + ":" +
          std::to_string(message.uid)};
}

MemoryMessage* MemoryMailbox::find(const MessageKey& key, MemoryFolder** in) {
  auto numbers = base::split(key.text, ':');
  if (numbers.size() != 3) return nullptr;
  auto id = base::to_number(numbers[0]), generation = base::to_number(numbers[1]),
       uid = base::to_number(numbers[2]);
  if (!id || !generation || !uid) return nullptr;
  for (auto& folder : folders_) {
    if (folder.id != *id || folder.generation != *generation) continue;
    auto found = std::ranges::lower_bound(folder.messages, *uid, {}, &MemoryMessage::uid);
    if (found == folder.messages.end() || found->uid != *uid) return nullptr;
    if (in != nullptr) *in = &folder;
    return &*found;
  }
  return nullptr;
}

MessageKey MemoryMailbox::add(std::string_view path, Message message, std::string raw) {
  MemoryFolder& to = folder(path);
  insert(to, {0, std::move(message), std::move(raw), {}});
  return key_of(to, to.messages.back());
}

bool MemoryMailbox::move(const MessageKey& key, std::string_view target) {
  MemoryMessage* found = find(key);
  if (found == nullptr) return false;
  insert(folder(target), MemoryMessage(*found));
  return expunge(key);
}

bool MemoryMailbox::set_flag(const MessageKey& key, mailbox::Flag flag, bool is_set) {
  MemoryMessage* found = find(key);
  if (found == nullptr) return false;
  change_flag(found->message.flags, flag, is_set);
  return true;
}

bool MemoryMailbox::expunge(const MessageKey& key) {
  MemoryFolder* in = nullptr;
  MemoryMessage* found = find(key, &in);
  if (found == nullptr) return false;
  in->messages.erase(in->messages.begin() + (found - in->messages.data()));
  return true;
}

void MemoryMailbox::renumber(std::string_view path) {
  MemoryFolder& renumbered = folder(path);
  ++renumbered.generation;
  renumbered.next_uid = 1;
  for (auto& message : renumbered.messages) message.uid = renumbered.next_uid++;
}

std::unique_ptr<mailbox::Store> open_memory_store(MemoryMailbox& mailbox) {
  return std::make_unique<MemoryStore>(mailbox);
}

}  // namespace postroom::stores
