// Message: one message read from its bytes. Never fails on what a stranger wrote: what cannot be
// understood is kept as opaque bytes and said in warnings(). Not thread-safe; movable. Does not
// know where the message came from.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.hpp"
#include "mime/attachments.hpp"
#include "mime/header.hpp"
#include "mime/packed.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mime {

struct MessageLimits {
  int depth = 100;             // nesting; deeper parts are opaque. Real mail stays below 20
  std::size_t parts = 10'000;  // parts in all; later ones are left out. Digests reach 1,000
  HeaderLimits headers;        // per header block
  std::size_t text = 16 * 1024 * 1024;  // decoded bytes of a body kept by text() and html()
  std::size_t warnings = 50;            // sentences; more would flood a log
  PackedLimits packed;
};

class Message {
 public:
  // Keeps `bytes`.
  static Message parse(std::string bytes, const MessageLimits& limits = {});
  // Reads the file through a window; parts are read from it later, so it must stay. Throws
  // Error{storage} when it cannot be opened.
  static Message load(const std::filesystem::path& file, const MessageLimits& limits = {});

  Message(Message&&) noexcept;
  Message& operator=(Message&&) noexcept;
  ~Message();

  const Headers& headers() const;  // raw, in order
  std::string header(
      std::string_view name) const;  // first of that name, decoded; empty when missing
  const Envelope& envelope() const;
  const Part& root() const;
  const std::vector<std::string>& warnings() const;

  // The text body decoded to UTF-8, lines ended by \n, format=flowed unfolded; made from the HTML
  // when there is no plain text; empty when there is neither.
  std::string text() const;
  // The HTML body as written, decoded to UTF-8; empty when there is none.
  std::string html() const;

  // With the files out of packed parts (packed.hpp) in their place. What could not be opened, and
  // what is not the file it names, is said in warnings().
  std::vector<Attachment> attachments(Nested nested = Nested::closed) const;
  // As a listing from the tree alone gives them: packed parts as they stand.
  std::vector<Attachment> unopened_attachments(Nested nested = Nested::closed) const;

  // One part's decoded bytes, or one file out of a packed part ("2/1"); an attached message and the
  // root "" are written as they are. Throws
  // Error{not_found, mime.no_part} when there is no such part, and what the sink throws.
  void write_part(std::string_view id, base::ByteSink& sink) const;

 private:
  struct Content;
  explicit Message(std::unique_ptr<Content> content);
  std::unique_ptr<Content> content_;
};

// A body's bytes (decoded from their transfer encoding) as text: charset, line ends, format=flowed.
// For parts fetched without a Message. `warning` is empty when all was well.
struct BodyText {
  std::string text;
  std::string warning;
};
BodyText read_body_text(const Part& part, std::string_view bytes);

// Joins soft line breaks (RFC 3676) and removes space stuffing.
std::string unfold_flowed(std::string_view text, bool delete_space);

}  // namespace postroom::mime
