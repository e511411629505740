#include "base/glob.hpp"

#include "base/text.hpp"

namespace postroom::base {

bool glob_matches(std::string_view pattern, std::string_view text) noexcept {
  // Greedy with one point of return: the last '*' and where its run began.
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, run = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      run = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '?' || ascii_iequals(pattern.substr(p, 1), text.substr(t, 1)))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++run;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace postroom::base
