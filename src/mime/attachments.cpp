#include "mime/attachments.hpp"

#include <algorithm>
#include <utility>

#include "mime/bodies.hpp"
#include "mime/decoder.hpp"
#include "mime/html_references.hpp"
#include "mime/media_type.hpp"
#include "mime/packed.hpp"

namespace postroom::mime {
namespace {

constexpr int deepest = 200;

std::string name_of(const Part& part) {
  if (!part.name.empty()) return part.name;
  if (part.is_message()) {
    bool titled = part.envelope && !part.envelope->subject.empty();
    return (titled ? part.envelope->subject : "message-" + part.id) + ".eml";
  }
  if (part.is("text", "calendar") && !part.method.empty()) return "invite.ics";
  // An extension by type, so that programs know what to do with it.
  std::string extension = extension_of(part.type + "/" + part.subtype);
  if (extension.empty()) extension = part.type == "text" ? ".txt" : ".bin";
  return "attachment-" + part.id + extension;
}

// The end of a sentence that begins with its name.
std::string note_of(const Part& part, const Part* parent) {
  if (part.is("message", "external-body")) {
    return part.access.empty() ? "not in this message, which only names it"
                               : "not in this message, which only says where it is: " + part.access;
  }
  if (part.is("message", "partial")) {
    return (part.fragment.empty() ? "a fragment" : "fragment " + part.fragment) +
           " of a larger message; the others came as messages of their own";
  }
  if (part.is("application", "pkcs7-mime") || part.is("application", "x-pkcs7-mime")) {
    if (part.smime_type == "signed-data")
      return "a signed message (S/MIME) that is kept closed: it cannot be looked into";
    if (part.smime_type == "certs-only") return {};
    return "encrypted (S/MIME) or signed in one piece: it cannot be looked into";
  }
  if (parent != nullptr && parent->subtype == "encrypted" && parent->is_multipart())
    return "encrypted: it cannot be looked into";
  if (part.is("application", "mac-binhex40") || part.is("application", "x-macbinary") ||
      part.is("application", "macbinary"))
    return "a Mac file in a form of its own (BinHex, MacBinary), kept as it is";
  return {};
}

std::uint64_t decoded_size(const Part& part) {
  // 57 bytes are a line of 76 digits and CRLF.
  if (part.encoding == "base64") return part.size / 78 * 57 + part.size % 78 * 3 / 4;
  return part.size;
}

// An invitation as a file of its own, so that its copy inside the alternative need not be one.
bool has_calendar_file(const Part& part, const Part* parent, int depth) {
  if (depth > deepest) return false;
  if (part.is_multipart()) {
    return std::ranges::any_of(part.children, [&](const Part& child) {
      return has_calendar_file(child, &part, depth + 1);
    });
  }
  const bool is_calendar = part.is("text", "calendar") || part.is("application", "ics");
  return is_calendar && parent != nullptr && parent->subtype != "alternative";
}

// One text, perhaps with the footer of a mailing list.
bool has_only_text(const Part& root) {
  if (!root.is_multipart()) return root.is("text", "plain");
  return root.subtype == "mixed" && std::ranges::all_of(root.children, [](const Part& child) {
           return child.is("text", "plain");
         });
}

// One message's level; nested messages get a walk of their own.
class Walk {
 public:
  Walk(const Part& root, const HtmlReader& read_html, Nested nested, std::vector<Attachment>& out,
       std::string path, int depth)
      : bodies_(find_bodies(root)),
        has_calendar_(has_calendar_file(root, nullptr, depth)),
        is_only_text_(has_only_text(root)),
        read_html_(read_html),
        nested_(nested),
        out_(out),
        path_(std::move(path)),
        depth_(depth) {}

  void visit(const Part& part, const Part* parent) {
    if (depth_ > deepest) return;
    if (part.is_multipart() && !part.children.empty()) {
      ++depth_;
      for (const auto& child : part.children) visit(child, &part);
      --depth_;
    } else if (!is_left_out(part, parent)) {
      add(part, parent);
    } else if (&part == bodies_.plain) {
      add_text(part);
    }
  }

 private:
  bool is_left_out(const Part& part, const Part* parent) const {
    if (&part == bodies_.plain || &part == bodies_.html) return true;
    if (part.is_multipart()) return part.size == 0;  // an empty container
    if (parent == nullptr) return false;
    if (parent->subtype == "alternative") {
      if (part.is("text", "calendar") && !part.method.empty()) return has_calendar_;
      return part.type == "text" && part.disposition != "attachment" && part.name.empty();
    }
    if (parent->subtype == "signed") {
      return part.is("application", "pkcs7-signature") ||
             part.is("application", "x-pkcs7-signature") || part.is("application", "pgp-signature");
    }
    if (parent->subtype == "encrypted") return part.is("application", "pgp-encrypted");
    if (parent->subtype == "appledouble") return part.is("application", "applefile");
    return false;
  }

  // Files are written into the text by programs that know nothing else: HTML, other parts, or
  // base64 around it are not theirs. What is skipped here need not be fetched.
  void add_text(const Part& part) {
    constexpr std::uint64_t smallest = 20;  // "begin 644 a", "`" and "end"
    if (!is_only_text_ || bodies_.html != nullptr || part.size < smallest) return;
    if (parse_encoding(part.encoding) == Encoding::base64) return;
    Attachment text;
    text.part_id = part.id;
    text.type = "text/plain";
    text.size = part.size;
    text.path = path_;
    text.packing = Packing::text;
    out_.push_back(std::move(text));
  }

  Packing packing(const Part& part, std::string_view type, std::string_view name,
                  const Part* parent) const {
    Packing packing = packing_of(type, name);
    const bool has_words = bodies_.plain != nullptr || bodies_.html != nullptr;
    if (packing == Packing::tnef && !has_words) return Packing::tnef_with_words;
    if (packing == Packing::message) {
      const bool is_reached = part.is_message() && is_plain(part);
      return is_reached || nested_ == Nested::closed ? Packing::none : packing;
    }
    const bool is_half = parent != nullptr && parent->subtype == "appledouble";
    return packing == Packing::apple_single && is_half ? Packing::none : packing;
  }

  void add(const Part& part, const Part* parent) {
    Attachment found;
    found.part_id = part.id;
    found.name = name_of(part);
    // AppleDouble: the name may stand on either half, or on the pair.
    if (part.name.empty() && parent != nullptr && parent->subtype == "appledouble") {
      if (!parent->name.empty()) found.name = parent->name;
      for (const auto& half : parent->children) {
        if (!half.name.empty()) found.name = half.name;
      }
    }
    found.type = part.type + "/" + part.subtype;
    found.size = decoded_size(part);
    found.inline_ = is_inline(part, parent);
    found.path = path_.empty() ? found.name : path_ + "/" + found.name;
    found.packing = packing(part, found.type, found.name, parent);
    found.note = note_of(part, parent);
    found.is_absent = part.is("message", "external-body");
    std::string path = found.path;
    out_.push_back(std::move(found));
    // What a server says of the inside of an encoded message is not to be relied on.
    if (nested_ == Nested::recurse && part.is_message() && is_plain(part) &&
        !part.children.empty()) {
      const Part& inner = part.children.front();
      Walk(inner, read_html_, nested_, out_, std::move(path), depth_ + 1).visit(inner, nullptr);
    }
  }

  bool is_inline(const Part& part, const Part* parent) {
    bool named = !part.content_id.empty() || !part.content_location.empty();
    if (!named || bodies_.html == nullptr) return false;
    if (!asked_) {
      asked_ = true;
      if (auto html = read_html_(*bodies_.html)) references_.emplace(*html);
    }
    if (references_) return references_->name(part);
    return part.type == "image" && parent != nullptr && parent->subtype == "related";
  }

  Bodies bodies_;
  bool has_calendar_;
  bool is_only_text_;
  const HtmlReader& read_html_;
  Nested nested_;
  std::vector<Attachment>& out_;
  std::string path_;
  int depth_;
  bool asked_ = false;
  std::optional<HtmlReferences> references_;
};

bool any_named_leaf(const Part& part, const Bodies& bodies, int depth) {
  if (depth > deepest) return false;
  if (part.children.empty() || part.is_message()) {
    bool body = &part == bodies.plain || &part == bodies.html;
    return !body && (!part.content_id.empty() || !part.content_location.empty());
  }
  return std::ranges::any_of(
      part.children, [&](const Part& child) { return any_named_leaf(child, bodies, depth + 1); });
}

void add_nested_html(const Part& part, int depth, std::vector<const Part*>& found) {
  if (depth > deepest) return;
  for (const Part& child : part.children) {
    if (part.is_message() && is_plain(part) && needs_html(child)) {
      if (const Part* html = find_bodies(child).html) found.push_back(html);
    }
    add_nested_html(child, depth + 1, found);
  }
}

}  // namespace

std::vector<const Part*> nested_html(const Part& root) {
  std::vector<const Part*> found;
  add_nested_html(root, 0, found);
  return found;
}

std::vector<Attachment> packed_and_plain(const Part& root, const HtmlReader& read_html,
                                         Nested nested) {
  std::vector<Attachment> found;
  Walk(root, read_html, nested, found, {}, 0).visit(root, nullptr);
  return found;
}

std::vector<Attachment> attachments(const Part& root, const HtmlReader& read_html, Nested nested) {
  std::vector<Attachment> found = packed_and_plain(root, read_html, nested);
  std::erase_if(found, [](const Attachment& one) { return one.packing == Packing::text; });
  return found;
}

std::vector<Attachment> attachments(const Part& root, const std::optional<std::string>& html,
                                    Nested nested) {
  const Part* top = html_part(root);
  HtmlReader read_html = [&](const Part& part) { return &part == top ? html : std::nullopt; };
  return attachments(root, read_html, nested);
}

bool needs_html(const Part& root) {
  Bodies bodies = find_bodies(root);
  return bodies.html != nullptr && any_named_leaf(root, bodies, 0);
}

}  // namespace postroom::mime
