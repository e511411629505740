// FileCursor: a listing of messages that are files. Reads as little of each as its query and want
// need.
#pragma once

#include <functional>
#include <optional>

#include "mailbox/evaluate.hpp"
#include "mailbox/folder.hpp"

namespace postroom::stores {

struct FileEntry {
  std::string key;
  std::string file;  // path of the file
  mailbox::Flags flags;
};

// Where a message's time of receipt is written.
enum class ReceivedFrom {
  file,     // its time of change: when it was delivered into a Maildir
  headers,  // the topmost Received, else Date: a file that somebody saved is younger than its mail
};

// Where the message of that key is now; nothing when it has gone.
using FileFinder = std::function<std::optional<FileEntry>(const std::string& key)>;

class FileCursor final : public mailbox::MessageCursor {
 public:
  // `entries` in the order to be given. `find_again` is asked when a file has gone from where it
  // was: other programs rename files when flags change.
  FileCursor(std::vector<FileEntry> entries, FileFinder find_again, mailbox::Query query,
             mailbox::Want want, ReceivedFrom received_from = ReceivedFrom::file);

  mailbox::Task<std::vector<mailbox::Message>*> next_page() override;
  std::optional<std::uint64_t> remaining() const override { return entries_.size() - at_; }

 private:
  std::optional<mailbox::Message> read(FileEntry entry) const;
  std::optional<mailbox::Message> read_once(const FileEntry& entry, bool& has_gone) const;

  std::vector<FileEntry> entries_;
  FileFinder find_again_;
  mailbox::Want want_;   // the caller's
  mailbox::Want needs_;  // the caller's and the query's
  mailbox::Evaluator by_name_, by_header_, exact_;
  ReceivedFrom received_from_;
  bool header_decides_ =
      false;  // the header block can rule messages out before they are read whole
  std::size_t at_ = 0;
  std::vector<mailbox::Message> page_;
};

// Names compared as people count: "mail2" before "mail10".
bool natural_less(std::string_view a, std::string_view b) noexcept;

}  // namespace postroom::stores
