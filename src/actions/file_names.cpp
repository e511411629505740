#include "actions/file_names.hpp"

#include "mime/file_name.hpp"

namespace postroom::actions {

std::string name_from_pattern(std::string_view pattern,
                              const std::vector<std::pair<std::string_view, std::string>>& words) {
  std::string out;
  while (!pattern.empty()) {
    auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    pattern.remove_prefix(open);
    auto close = pattern.find('}');
    bool known = false;
    if (close != std::string_view::npos) {
      std::string_view word = pattern.substr(1, close - 1);
      for (const auto& [name, value] : words) {
        if (name != word) continue;
        out += value;
        known = true;
      }
    }
    if (!known) {
      out += '{';
      pattern.remove_prefix(1);
    } else {
      pattern.remove_prefix(close + 1);
    }
  }
  return mime::safe_file_name(out);
}

std::pair<std::string, std::string> split_extension(std::string_view name) {
  auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {std::string(name), ""};
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot))};
}

}  // namespace postroom::actions
