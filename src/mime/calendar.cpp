#include "mime/calendar.hpp"

#include <algorithm>

#include "mime/bodies.hpp"

namespace postroom::mime {
namespace {

const Part* calendar_child(const Part& container) {
  auto found = std::ranges::find_if(container.children, [](const Part& part) {
    return part.is("text", "calendar") && !part.method.empty();
  });
  return found == container.children.end() ? nullptr : &*found;
}

// A copy of the invitation as a file (invite.ics), which Exchange and Google add, is no attachment
// of its own.
bool is_calendar_file(const Attachment& attachment) {
  return attachment.type == "application/ics" || attachment.type == "text/calendar";
}

}  // namespace

const Part* invitation_part(const Part& root) {
  if (root.is("text", "calendar")) return &root;
  if (!root.is_multipart()) return nullptr;
  const Part* found = nullptr;
  if (root.subtype == "alternative") {
    found = calendar_child(root);
  } else if (root.subtype == "mixed") {
    found = calendar_child(root);
    // Google and Exchange: mixed[alternative[text, html, calendar], invite.ics].
    if (found == nullptr && !root.children.empty() &&
        root.children.front().is("multipart", "alternative")) {
      found = calendar_child(root.children.front());
    }
  }
  if (found == nullptr) return nullptr;
  for (const auto& attachment : attachments(root, std::nullopt)) {
    if (attachment.part_id != found->id && !attachment.inline_ && !is_calendar_file(attachment))
      return nullptr;
  }
  return found;
}

}  // namespace postroom::mime
