#include "mime/attachments.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "mime/bodies.hpp"
#include "mime/hex.hpp"

namespace postroom::mime {
namespace {

constexpr int deepest = 200;

// For a part without a name: an extension by type, so that programs know what to do with it.
std::string_view extension_by_type(const Part& part) {
  constexpr auto known = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"application/pdf", ".pdf"},
      {"image/png", ".png"},
      {"image/jpeg", ".jpg"},
      {"image/jpg", ".jpg"},
      {"image/gif", ".gif"},
      {"image/tiff", ".tif"},
      {"image/bmp", ".bmp"},
      {"image/webp", ".webp"},
      {"image/svg+xml", ".svg"},
      {"text/plain", ".txt"},
      {"text/html", ".html"},
      {"text/csv", ".csv"},
      {"text/xml", ".xml"},
      {"application/xml", ".xml"},
      {"application/json", ".json"},
      {"text/calendar", ".ics"},
      {"text/vcard", ".vcf"},
      {"text/x-vcard", ".vcf"},
      {"application/zip", ".zip"},
      {"application/gzip", ".gz"},
      {"application/msword", ".doc"},
      {"application/vnd.ms-excel", ".xls"},
      {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
      {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
      {"application/ms-tnef", ".dat"},
      {"application/pkcs7-mime", ".p7m"},
      {"application/x-pkcs7-mime", ".p7m"},
      {"application/pkcs7-signature", ".p7s"},
      {"application/pgp-signature", ".asc"},
      {"message/delivery-status", ".txt"},
      {"message/disposition-notification", ".txt"},
      {"text/rfc822-headers", ".txt"},
      {"audio/mpeg", ".mp3"},
      {"audio/wav", ".wav"},
      {"video/mp4", ".mp4"},
  });
  std::string type = part.type + "/" + part.subtype;
  for (auto [name, extension] : known) {
    if (name == type) return extension;
  }
  return part.type == "text" ? ".txt" : ".bin";
}

std::string name_of(const Part& part) {
  if (!part.name.empty()) return part.name;
  if (part.is_message()) {
    bool titled = part.envelope && !part.envelope->subject.empty();
    return (titled ? part.envelope->subject : "message-" + part.id) + ".eml";
  }
  return "attachment-" + part.id + std::string(extension_by_type(part));
}

std::uint64_t decoded_size(const Part& part) {
  // 57 bytes are a line of 76 digits and CRLF.
  if (part.encoding == "base64") return part.size / 78 * 57 + part.size % 78 * 3 / 4;
  return part.size;
}

// HTML as references are looked for: lower case, %XX and &amp; undone.
std::string comparable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else if (text.substr(i, 5) == "&amp;") {
      out += '&';
      i += 4;
    } else {
      out += text[i];
    }
  }
  return base::ascii_lower(out);
}

// Every "cid:" address of the HTML, sorted; and the HTML itself for Content-Location.
class References {
 public:
  explicit References(std::string_view html) : html_(comparable(html)) {
    for (std::size_t at = html_.find("cid:"); at != std::string::npos;
         at = html_.find("cid:", at + 4)) {
      std::size_t end = std::min(html_.find_first_of("\"'<>() \t\r\n\\", at + 4), html_.size());
      ids_.push_back(std::string_view(html_).substr(at + 4, end - at - 4));
    }
    std::ranges::sort(ids_);
  }
  References(const References&) = delete;
  References& operator=(const References&) = delete;

  bool name(const Part& part) const {
    if (!part.content_id.empty()) {
      std::string id = comparable(part.content_id);
      if (std::ranges::binary_search(ids_, std::string_view(id))) return true;
    }
    return !part.content_location.empty() && names_location(comparable(part.content_location));
  }

 private:
  // As a whole attribute value: a location "a" is not meant by every "a".
  bool names_location(const std::string& location) const {
    for (std::size_t at = html_.find(location); at != std::string::npos;
         at = html_.find(location, at + 1)) {
      char before = at > 0 ? html_[at - 1] : ' ';
      std::size_t after = at + location.size();
      char next = after < html_.size() ? html_[after] : ' ';
      if (std::string_view("\"'=( ").contains(before) && std::string_view("\"') >").contains(next))
        return true;
    }
    return false;
  }

  std::string html_;
  std::vector<std::string_view> ids_;
};

// One message's level; nested messages get a walk of their own.
class Walk {
 public:
  Walk(const Part& root, const HtmlReader& read_html, Nested nested, std::vector<Attachment>& out,
       std::string path, int depth)
      : bodies_(find_bodies(root)),
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
    }
  }

 private:
  bool is_left_out(const Part& part, const Part* parent) const {
    if (&part == bodies_.plain || &part == bodies_.html) return true;
    if (part.is_multipart()) return part.size == 0;  // an empty container
    if (parent == nullptr) return false;
    if (parent->subtype == "alternative") {
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
    std::string path = found.path;
    out_.push_back(std::move(found));
    if (nested_ == Nested::recurse && part.is_message() && !part.children.empty()) {
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
  const HtmlReader& read_html_;
  Nested nested_;
  std::vector<Attachment>& out_;
  std::string path_;
  int depth_;
  bool asked_ = false;
  std::optional<References> references_;
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

}  // namespace

std::vector<Attachment> attachments(const Part& root, const HtmlReader& read_html, Nested nested) {
  std::vector<Attachment> found;
  Walk(root, read_html, nested, found, {}, 0).visit(root, nullptr);
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
