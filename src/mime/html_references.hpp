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
  bool names_location(const std::string& location) const;

  std::string html_;  // lower case, %XX and character references undone
  std::vector<std::string_view> ids_;
};

}  // namespace postroom::mime
