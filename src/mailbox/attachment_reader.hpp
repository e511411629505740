// AttachmentReader: the attachments of one message one after the other, with their bytes: parts,
// and the files inside packed parts (winmail.dat, uuencode in the text, encoded messages), which
// are fetched once each when their turn comes. The same from every store.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mailbox/folder.hpp"
#include "mime/packed.hpp"

namespace postroom::mailbox {

class AttachmentReader {
 public:
  // `folder` and `message`, listed with Want::structure, outlive this.
  AttachmentReader(Folder& folder, const Message& message, mime::Nested nested)
      : folder_(folder), message_(message), nested_(nested) {}

  // nullptr at the end. Valid until the next call.
  Task<const mime::Attachment*> next();

  // The bytes of the one that next() gave, decoded. It must not be absent (Attachment::is_absent).
  Task<void> write(base::ByteSink& sink);

  // What could not be opened or is damaged; grows with next().
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  // What is not the file that it names, and was sent so: encrypted, absent, a fragment.
  const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  Task<void> begin();
  Task<std::optional<std::string>> read(std::string part_id, std::uint64_t limit);
  Task<void> open(const mime::Attachment& packed);
  void warn(std::string sentence);

  Folder& folder_;
  const Message& message_;
  mime::Nested nested_;
  std::optional<std::vector<mime::Attachment>> rows_;
  std::size_t at_ = 0;       // of rows_, the next one
  mime::Opened opened_;      // of the row last given
  std::size_t file_at_ = 0;  // of opened_.files, the next one
  const mime::Attachment* current_ = nullptr;
  const mime::OpenedFile* current_file_ = nullptr;
  std::vector<std::string> warnings_, notes_;
};

}  // namespace postroom::mailbox
