// Packed parts: leaves that hold files in a form of their own (winmail.dat, uuencode inside the
// text, attached messages in base64, AppleSingle). attachments() lists them as they stand, from the
// tree alone; who needs the files inside fetches their bytes and opens them here. Never throws on
// what a stranger wrote: what cannot be opened stays as it is, with a warning.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mime/attachments.hpp"

namespace postroom::mime {

struct PackedLimits {
  // A larger packed part stays closed: it is opened in memory. What comes out of it may take twice
  // as much in all: messages inside messages hold the same bytes again and again.
  std::uint64_t bytes = 64 * 1024 * 1024;
  int depth = 5;               // packed parts inside packed parts
  std::size_t files = 10'000;  // out of one packed part, as MessageLimits::parts
};

// What attachments() lists, and the text bodies in which files may be written. Of each whose
// `packing` is not `none` the part is to be read, decoded, and given to open_packed.
std::vector<Attachment> packed_and_plain(const Part& root, const HtmlReader& read_html,
                                         Nested nested);

struct OpenedFile {
  Attachment attachment;   // part_id is "2/1": file 1 of part 2
  std::string_view bytes;  // as long as `owner`
  std::shared_ptr<const std::string> owner;
};

struct Opened {
  bool stays = false;  // the packed part itself is an attachment, too (an attached message)
  std::vector<OpenedFile> files;
  std::vector<std::string> warnings;
};

// `packed` is a row of packed_and_plain, `bytes` its part decoded.
Opened open_packed(const Attachment& packed, std::string bytes, Nested nested,
                   const PackedLimits& limits = {});

// The row when its part is too large or could not be read: as an attachment, with the reason.
std::string too_large_to_open(const Attachment& packed, const PackedLimits& limits = {});

// How a file or part of that name and type is packed.
Packing packing_of(std::string_view type, std::string_view name) noexcept;

}  // namespace postroom::mime
