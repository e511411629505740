// Which leaf of the tree is the body: the first suitable text leaf, or the text and the HTML of one
// alternative.
#include "mime/bodies.hpp"

#include <algorithm>

namespace postroom::mime {
namespace {

bool is_suitable(const Part& part, bool named) {
  return part.type == "text" && (part.subtype == "plain" || part.subtype == "html") &&
         part.disposition != "attachment" && part.children.empty() && (named || part.name.empty());
}

Bodies find(const Part& part, bool named, int depth);

Bodies find_alternative(const Part& part, bool named, int depth) {
  Bodies all;
  for (const auto& child : part.children) {
    Bodies found = find(child, named, depth + 1);
    if (all.plain == nullptr) all.plain = found.plain;
    if (found.html != nullptr)
      all.html = found.html;  // the last is the best (RFC 2046 section 5.1.4)
  }
  return all;
}

Bodies find_first(const Part& part, bool named, int depth) {
  for (const auto& child : part.children) {
    Bodies found = find(child, named, depth + 1);
    if (found.plain != nullptr || found.html != nullptr) return found;
  }
  return {};
}

Bodies find(const Part& part, bool named, int depth) {
  constexpr int deepest =
      200;  // the parser's own limit is lower; a server's structure may be anything
  if (depth > deepest) return {};
  if (!part.is_multipart()) {
    if (!is_suitable(part, named)) return {};
    return part.subtype == "html" ? Bodies{nullptr, &part} : Bodies{&part, nullptr};
  }
  if (part.subtype == "appledouble" || part.subtype == "encrypted") return {};
  if (part.subtype == "alternative") return find_alternative(part, named, depth);
  if (part.subtype == "related" && !part.start.empty()) {
    auto start = std::ranges::find(part.children, part.start, &Part::content_id);
    if (start != part.children.end()) {
      Bodies found = find(*start, named, depth + 1);
      if (found.plain != nullptr || found.html != nullptr) return found;
    }
  }
  return find_first(part, named, depth);
}

}  // namespace

Bodies find_bodies(const Part& root) {
  Bodies found = find(root, false, 0);
  // Some senders give the body a file name: only when there is no other.
  return found.plain == nullptr && found.html == nullptr ? find(root, true, 0) : found;
}

const Part* text_part(const Part& root) { return find_bodies(root).plain; }
const Part* html_part(const Part& root) { return find_bodies(root).html; }

}  // namespace postroom::mime
