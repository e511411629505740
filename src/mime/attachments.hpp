// What of a message is an attachment. One rule: a part is inline if and only if the chosen HTML
// body references its Content-ID or Content-Location; otherwise it is an attachment, whatever its
// disposition says. Bodies are only the first suitable text leaf, or the text and HTML of one
// alternative. Pure; works on the tree alone, so that an IMAP session lists attachments without
// fetching them.
//
// Not attachments although no body: other representations inside multipart/alternative
// (text/enriched), the signature of multipart/signed, the version part of multipart/encrypted,
// AppleDouble's resource fork. An invitation inside multipart/alternative is one (invite.ics),
// unless the same comes as a file beside it.
//
// Files inside other files (winmail.dat, uuencode in the text) are listed by packed.hpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mime/part_tree.hpp"

namespace postroom::mime {

// How a part holds files that are no parts (packed.hpp).
enum class Packing {
  none,
  tnef,             // winmail.dat
  tnef_with_words,  // one whose mail has no other text
  text,             // a text body, in which files may be written; no attachment itself
  message,          // an attached message that the tree does not reach into
  apple_single,
};

struct Attachment {
  std::string part_id;
  std::string
      name;  // decoded, never empty (made up from the subject or type if need be), not made safe
  std::string type;        // "application/pdf", as declared
  std::uint64_t size = 0;  // decoded bytes, estimated from the encoded size
  bool inline_ = false;    // referenced by the HTML
  std::string path;        // where in nested messages: "postacert.eml/fattura.xml"
  Packing packing = Packing::none;
  std::string note;  // why it is not the file that it names, the end of a sentence: "encrypted ..."
  bool is_absent = false;  // it only says where a file is: there is nothing to save
};

enum class Nested {
  closed,   // an attached message is one attachment
  recurse,  // and its own attachments follow it, with their path
};

// `html` is the decoded HTML body, nothing when there is none or it was not fetched (see
// needs_html): then, as for the HTML of nested messages, a picture with a Content-ID inside
// multipart/related counts as referenced.
std::vector<Attachment> attachments(const Part& root, const std::optional<std::string>& html,
                                    Nested nested = Nested::closed);

// The same with the HTML of every level at hand: asked at most once for each HTML body that could
// decide something.
using HtmlReader = std::function<std::optional<std::string>(const Part& html)>;
std::vector<Attachment> attachments(const Part& root, const HtmlReader& read_html, Nested nested);

// The HTML of attached messages, at any depth, that decides what is inline there.
std::vector<const Part*> nested_html(const Part& root);

// Whether some part's being inline depends on the HTML's words: fetch html_part first.
bool needs_html(const Part& root);

// The bodies, nullptr when there is none. For a message whose only part is HTML, text_part is
// nullptr.
const Part* text_part(const Part& root);
const Part* html_part(const Part& root);

}  // namespace postroom::mime
