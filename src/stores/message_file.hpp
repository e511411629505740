// One message in a file of its own, read as far as a Want asks: names and sizes without opening it,
// the header block alone for an envelope, the whole only for structure and text.
#pragma once

#include <filesystem>
#include <optional>

#include "base/byte_stream.hpp"
#include "base/error.hpp"
#include "mailbox/message.hpp"
#include "mailbox/want.hpp"
#include "mime/message.hpp"

namespace postroom::stores {

// Error{storage, "maildir.io"} with the system's own words; `doing` reads "reading", "writing".
base::Error file_error(std::string_view doing, const std::filesystem::path& path, int error_number);

// Size and received time (the file's). False when it is not there.
bool read_file_facts(const std::filesystem::path& path, mailbox::Message& into);

// The message last read for its parts: a message with many parts is scanned once, not once a part.
class ParsedFile {
 public:
  const mime::Message& at(const std::filesystem::path& path);

 private:
  std::filesystem::path path_;
  std::optional<mime::Message> message_;
};

// `received` from the topmost Received header, else from Date; left as it is when neither has one.
void read_received(const std::filesystem::path& path, mailbox::Message& into);

enum class FileState {
  read,
  gone,
  unreadable,  // a warning says why
};

// What `want` names of the content.
FileState read_file_content(const std::filesystem::path& path, const mailbox::Want& want,
                            mailbox::Message& into);

// Streams it. False, with nothing written, when it is not there. Throws Error{storage}.
bool copy_file_to(const std::filesystem::path& path, base::ByteSink& sink);

}  // namespace postroom::stores
