// HtmlReferences: which parts a piece of HTML shows, by Content-ID ("cid:...") or Content-Location.
// Inside mime.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mime/part_tree.hpp"

namespace postroom::mime {

class HtmlReferences {
 public:
  explicit HtmlReferences(std::string_view html);
  HtmlReferences(const HtmlReferences&) = delete;
  HtmlReferences& operator=(const HtmlReferences&) = delete;

  bool name(const Part& part) const;
  bool has_id(std::string_view content_id) const;  // without angle brackets; false when empty

 private:
  bool names_location(std::string_view location) const;
  void collect_values() const;

  std::string html_;  // lower case, %XX and character references undone
  std::vector<std::string_view> ids_;
  mutable std::vector<std::string_view> values_;  // in which a location may stand; when asked first
  mutable bool has_values_ = false;
};

}  // namespace postroom::mime
