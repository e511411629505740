#include "stores/maildir_folder.hpp"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mime/message.hpp"
#include "net/task_group.hpp"
#include "stores/message_file.hpp"
#include "stores/store_errors.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;
using mailbox::MessageKey;
using mailbox::MessageSet;
using mailbox::Outcome;

// A name taken in the target is another message; so many others of that name are somebody's broken
// program.
constexpr int placing_attempts = 5;

template <class Visit>
void for_each_file(const fs::path& directory, Visit visit) {
  DIR* listing = ::opendir(directory.c_str());
  if (listing == nullptr) {
    if (errno == ENOENT) return;
    throw file_error("opening", directory, errno);
  }
  struct Closer {
    DIR* listing;
    ~Closer() { ::closedir(listing); }
  } closer{listing};
  while (const dirent* row = ::readdir(listing)) {
    const std::string_view name = row->d_name;
    if (name.starts_with('.') || row->d_type == DT_DIR) continue;
    visit(name);
  }
}

}  // namespace

MaildirFolder::MaildirFolder(std::string path, fs::path directory, mailbox::Access access,
                             Resolver resolve, const base::Clock& clock)
    : path_(std::move(path)),
      directory_(std::move(directory)),
      access_(access),
      resolve_(std::move(resolve)),
      clock_(clock) {}

void MaildirFolder::scan() {
  index_.clear();
  // new before cur: a message that another program moves meanwhile is then seen in at least one of
  // them.
  for (const char* where : {"new", "cur"}) {
    for_each_file(directory_ / where, [&](std::string_view name) {
      index_.insert_or_assign(parse_maildir_name(name).unique,
                              std::string(where) + "/" + std::string(name));
    });
  }
}

std::optional<MaildirFolder::Located> MaildirFolder::locate_in_index(const std::string& key) const {
  const auto found = index_.find(key);
  if (found == index_.end()) return std::nullopt;
  fs::path file = directory_ / found->second;
  if (::access(file.c_str(), F_OK) != 0) return std::nullopt;
  const std::string_view relative = found->second;
  MaildirName name = parse_maildir_name(relative.substr(relative.find('/') + 1));
  if (relative.starts_with("new/"))
    name.flags.clear();  // what stands in new has not been looked at
  return Located{std::move(file), std::move(name)};
}

std::optional<MaildirFolder::Located> MaildirFolder::locate(const std::string& key) {
  if (auto found = locate_in_index(key)) return found;
  scan();
  return locate_in_index(key);
}

std::optional<FileEntry> MaildirFolder::entry_of(const std::string& key) {
  auto found = locate(key);
  if (!found) return std::nullopt;
  return FileEntry{key, found->file.string(), flags_of(found->name)};
}

mailbox::Task<std::unique_ptr<mailbox::MessageCursor>> MaildirFolder::find(mailbox::Query query,
                                                                           mailbox::Want want,
                                                                           mailbox::Order order) {
  scan();
  std::vector<FileEntry> entries;
  entries.reserve(index_.size());
  for (const auto& [key, relative] : index_) {
    MaildirName name = parse_maildir_name(std::string_view(relative).substr(4));
    if (relative.starts_with("new/")) name.flags.clear();
    entries.push_back({key, (directory_ / relative).string(), flags_of(name)});
  }
  std::ranges::sort(entries, [&](const FileEntry& a, const FileEntry& b) {
    return order == mailbox::Order::oldest_first ? natural_less(a.key, b.key)
                                                 : natural_less(b.key, a.key);
  });
  FileFinder find_again = [this](const std::string& key) { return entry_of(key); };
  co_return std::make_unique<FileCursor>(std::move(entries), std::move(find_again),
                                         std::move(query), std::move(want));
}

mailbox::Task<void> MaildirFolder::part(MessageKey key, mime::Part part, base::ByteSink& sink) {
  auto found = locate(key.text);
  if (!found) throw message_gone();
  parsed_.at(found->file).write_part(part.id, sink);
  co_return;
}

mailbox::Task<void> MaildirFolder::raw(MessageKey key, base::ByteSink& sink) {
  auto found = locate(key.text);
  if (found && copy_file_to(found->file, sink)) co_return;
  found = locate(key.text);  // renamed between the two
  if (!found || !copy_file_to(found->file, sink)) throw message_gone();
}

template <class Act>
std::vector<Outcome> MaildirFolder::for_each(const MessageSet& set, Act act) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(set.size());
  for (const MessageKey& key : set) {
    Outcome outcome{key, {}, {}, {}};
    try {
      Placed placed = Placed::gone;
      // A second look: another program may have renamed it since the first.
      for (int look = 0; look < 2 && placed == Placed::gone; ++look) {
        auto found = locate(key.text);
        if (!found) break;
        placed = act(*found, outcome);
        if (placed == Placed::gone) index_.erase(key.text);
      }
      if (placed == Placed::gone) outcome.error = message_gone();
      if (placed == Placed::taken) outcome.error = file_error("writing", directory_, EEXIST);
    } catch (const base::Error& error) {
      outcome.error = error;
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

Placed MaildirFolder::move_one(const Located& from, const fs::path& target,
                               std::string& unique) const {
  MaildirName name = from.name;
  const bool is_new = from.file.parent_path().filename() == "new";
  for (int attempt = 0; attempt < placing_attempts; ++attempt) {
    const std::string file_name = is_new ? name.unique : format_maildir_name(name);
    const Placed placed = move_file(from.file, target / (is_new ? "new" : "cur") / file_name);
    unique = name.unique;
    if (placed != Placed::taken) return placed;
    name.unique = new_unique_name(clock_);
  }
  return Placed::taken;
}

Placed MaildirFolder::copy_one(const Located& from, const fs::path& target,
                               std::string& unique) const {
  const bool is_new = from.file.parent_path().filename() == "new";
  MaildirName name = from.name;
  name.unique = unique = new_unique_name(clock_);
  const std::string file_name = is_new ? name.unique : format_maildir_name(name);
  return copy_file(from.file, target / (is_new ? "new" : "cur") / file_name,
                   target / "tmp" / name.unique);
}

mailbox::Task<std::vector<Outcome>> MaildirFolder::move(MessageSet set, std::string target) {
  const fs::path to = resolve_(target);
  const bool is_here = to == directory_;
  auto outcomes = for_each(set, [&](const Located& from, Outcome& outcome) {
    if (is_here) {
      outcome.new_key = outcome.key;
      return Placed::done;
    }
    std::string unique;
    const Placed placed = move_one(from, to, unique);
    if (placed == Placed::done) {
      outcome.new_key = MessageKey{unique};
      index_.erase(outcome.key.text);
    }
    return placed;
  });
  if (!is_here) {
    sync_directory(to / "cur");
    sync_directory(to / "new");
  }
  co_return outcomes;
}

mailbox::Task<std::vector<Outcome>> MaildirFolder::copy(MessageSet set, std::string target) {
  const fs::path to = resolve_(target);
  auto outcomes = for_each(set, [&](const Located& from, Outcome& outcome) {
    std::string unique;
    const Placed placed = copy_one(from, to, unique);
    if (placed == Placed::done) outcome.new_key = MessageKey{unique};
    return placed;
  });
  sync_directory(to / "cur");
  sync_directory(to / "new");
  co_return outcomes;
}

mailbox::Task<std::vector<Outcome>> MaildirFolder::remove(MessageSet set, mailbox::Removal how) {
  if (!is_writable()) throw folder_read_only(path_);
  if (how == mailbox::Removal::permanent) {
    auto outcomes = for_each(set, [&](const Located& from, Outcome& outcome) {
      if (::unlink(from.file.c_str()) != 0) {
        if (errno == ENOENT) return Placed::gone;
        throw file_error("removing", from.file, errno);
      }
      index_.erase(outcome.key.text);
      return Placed::done;
    });
    co_return outcomes;
  }
  fs::path trash;
  try {
    trash = resolve_("@trash");
  } catch (const base::Error& error) {
    if (error.code() == "folder.not_found") throw no_trash();
    throw;
  }
  auto outcomes = co_await move(std::move(set), "@trash");
  if (trash == directory_) {
    for (Outcome& outcome : outcomes) outcome.note = "it was in the trash already";
  }
  co_return outcomes;
}

mailbox::Task<std::vector<Outcome>> MaildirFolder::set_flag(MessageSet set, mailbox::Flag flag,
                                                            bool is_set) {
  auto outcomes = for_each(set, [&](const Located& from, Outcome& outcome) {
    MaildirName name = from.name;
    set_letter(name, letter_of(flag), is_set);
    const std::string file_name = format_maildir_name(name);
    const fs::path to = directory_ / "cur" / file_name;
    if (to == from.file) return Placed::done;
    const Placed placed = move_file(from.file, to);
    if (placed == Placed::done) index_.insert_or_assign(outcome.key.text, "cur/" + file_name);
    return placed;
  });
  co_return outcomes;
}

mailbox::Task<std::optional<MessageKey>> MaildirFolder::append(
    base::ByteSource& message, mailbox::Flags flags, std::optional<base::Instant> received) {
  const MaildirName name{new_unique_name(clock_), letters_of(flags)};
  const bool is_new = name.flags.empty();
  const fs::path to =
      is_new ? directory_ / "new" / name.unique : directory_ / "cur" / format_maildir_name(name);
  message.rewind();
  const Placed placed = write_file(message, received, to, directory_ / "tmp" / name.unique);
  if (placed != Placed::done) throw file_error("writing", to, EEXIST);
  sync_directory(to.parent_path());
  co_return MessageKey{name.unique};
}

}  // namespace postroom::stores
