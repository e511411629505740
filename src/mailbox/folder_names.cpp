// Folder names as users write them: roles, patterns, INBOX in any case, and what to say when none
// fits.
#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mailbox/store.hpp"

namespace postroom::mailbox {
namespace {

struct RoleName {
  Role role;
  std::string_view name;
};
constexpr std::array<RoleName, 8> role_names = {{
    {Role::inbox, "@inbox"},
    {Role::sent, "@sent"},
    {Role::drafts, "@drafts"},
    {Role::trash, "@trash"},
    {Role::junk, "@junk"},
    {Role::archive, "@archive"},
    {Role::all, "@all"},
    {Role::flagged, "@flagged"},
}};

// Folder lists come from servers: a hostile one must not make an error message expensive.
struct SuggestionLimits {
  std::size_t name_bytes = 200;  // compared; real names are far shorter
  std::size_t folders = 5'000;   // compared; the rest could not be read by anybody anyway
  std::size_t suggestions = 3;   // shown
};
constexpr SuggestionLimits suggestion_limits;

// INBOX is the one name that has no case (RFC 9051 section 5.1); what is below it has.
std::string with_inbox(std::string_view path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  if (!base::ascii_iequals(path.substr(0, slash), "inbox")) return std::string(path);
  return "Inbox" + std::string(path.substr(slash));
}

// '*' stands for any run. Two pointers, so that a pattern of many stars stays O(n * m).
bool fits(std::string_view text, std::string_view pattern) noexcept {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// How far a folder is from what was asked for, by its whole path or by its last name alone.
std::size_t distance(const std::string& wanted, std::string_view path) {
  const std::string folded =
      base::ascii_lower(base::truncate_utf8(path, suggestion_limits.name_bytes));
  const std::string_view last = std::string_view(folded).substr(folded.rfind('/') + 1);
  const std::string_view wanted_last = std::string_view(wanted).substr(wanted.rfind('/') + 1);
  return std::min(edit_distance(wanted, folded), edit_distance(wanted_last, last) + 1);
}

}  // namespace

std::string_view to_string(Role role) noexcept {
  for (const RoleName& row : role_names) {
    if (row.role == role) return row.name;
  }
  return "@inbox";
}

std::optional<Role> role_of(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '@') text.remove_prefix(1);
  for (const RoleName& row : role_names) {
    if (base::ascii_iequals(row.name.substr(1), text)) return row.role;
  }
  return std::nullopt;
}

std::vector<std::string> matching(const std::vector<FolderInfo>& folders,
                                  std::string_view pattern) {
  std::vector<std::string> found;
  const bool is_role = pattern.starts_with('@') && role_of(pattern).has_value();
  const std::optional<Role> role = is_role ? role_of(pattern) : std::nullopt;
  const std::string wanted = with_inbox(pattern);
  for (const FolderInfo& folder : folders) {
    if (!folder.selectable) continue;
    const bool is_meant = role ? folder.role == role : fits(with_inbox(folder.path), wanted);
    if (is_meant) found.push_back(folder.path);
  }
  return found;
}

base::Error folder_not_found(std::string_view path, const std::vector<FolderInfo>& folders) {
  const std::string shown = base::printable(path, suggestion_limits.name_bytes);
  std::string message = path.starts_with('@') && role_of(path)
                            ? "no folder of this mailbox has the role \"" + shown + "\""
                            : "there is no folder \"" + shown + "\"";

  std::vector<std::pair<std::size_t, std::size_t>> ranked;  // distance, index
  std::string_view bare = path.starts_with('@') ? path.substr(1) : path;
  const std::string wanted =
      base::ascii_lower(base::truncate_utf8(bare, suggestion_limits.name_bytes));
  for (std::size_t i = 0; i < std::min(folders.size(), suggestion_limits.folders); ++i) {
    if (folders[i].selectable) ranked.emplace_back(distance(wanted, folders[i].path), i);
  }
  std::ranges::sort(ranked);
  std::string names;
  for (std::size_t i = 0; i < std::min(ranked.size(), suggestion_limits.suggestions); ++i) {
    if (!names.empty()) names += ", ";
    names +=
        '"' + base::printable(folders[ranked[i].second].path, suggestion_limits.name_bytes) + '"';
  }
  std::string hint = names.empty() ? "the mailbox has no folder that can be opened"
                                   : "the nearest names are " + names;
  base::Error error(base::ErrorKind::not_found, "folder.not_found", std::move(message),
                    std::move(hint));
  error.set_session_usable(true);
  return error;
}

}  // namespace postroom::mailbox
