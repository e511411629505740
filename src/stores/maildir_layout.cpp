#include "stores/maildir_layout.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "imap/wire/mailbox_name.hpp"
#include "stores/folder_roles.hpp"
#include "stores/maildir_files.hpp"
#include "stores/message_file.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;

struct LayoutLimits {
  int depth = 32;  // of nested folders; nobody's archive is deeper
  std::size_t folders =
      10'000;  // in all; a wrong path (a home directory) must not be walked for ever
  std::size_t name_bytes = 200;  // of one name; file systems stop at 255
};
constexpr LayoutLimits limits;

bool is_message_folder(const fs::path& directory) {
  std::error_code ignored;
  return fs::is_directory(directory / "cur", ignored) ||
         fs::is_directory(directory / "new", ignored);
}

bool is_reserved(std::string_view name) { return name == "cur" || name == "new" || name == "tmp"; }

// Names of the folders in `directory`, symbolic links left out: they could lead round in circles.
std::vector<std::string> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator it(directory, fs::directory_options::skip_permission_denied, failed),
       end;
       !failed && it != end; it.increment(failed)) {
    std::error_code ignored;
    if (it->is_symlink(ignored) || !it->is_directory(ignored)) continue;
    names.push_back(it->path().filename().string());
    if (names.size() >= limits.folders) break;
  }
  return names;
}

// ".Archiv.2025" -> "Archiv/2025". Names that are not modified UTF-7 stay as they are.
std::string path_of_dotted(std::string_view name) {
  std::string path;
  for (std::string_view piece : base::split(name.substr(1), '.')) {
    if (piece.empty()) continue;
    if (!path.empty()) path += '/';
    std::string decoded = imap::from_modified_utf7(piece);
    for (char& c : decoded) {
      if (c == '/') c = '_';  // it would read as another level
    }
    path += decoded;
  }
  return tidy_path(path);
}

std::string dotted_of_path(std::string_view path) {
  std::string name;
  for (std::string_view piece : base::split(path, '/')) {
    name += '.';
    for (const char c : imap::to_modified_utf7(piece)) {
      if (c == '.') {
        name += "&AC4-";  // '.' is the separator here
      } else {
        name += c;
      }
    }
  }
  return name;
}

void add_nested(const fs::path& directory, const std::string& path, int depth,
                std::vector<MaildirPlace>& places) {
  if (depth > limits.depth) return;
  for (const std::string& name : names_in(directory)) {
    if (name.starts_with('.') || is_reserved(name) || places.size() >= limits.folders) continue;
    const fs::path child = directory / name;
    const std::string child_path =
        path.empty() ? tidy_path(name) : path + "/" + base::to_valid_utf8(name);
    if (is_message_folder(child)) places.push_back({{child_path, std::nullopt, true}, child});
    add_nested(child, child_path, depth + 1, places);
  }
}

base::Error bad_name(std::string_view path, const std::string& why) {
  base::Error error(base::ErrorKind::config, "folder.bad_name",
                    "a folder cannot be named \"" + base::printable(path, 200) + "\": " + why,
                    "choose another name; '/' separates levels");
  error.set_session_usable(true);
  return error;
}

void check_names(std::string_view path, bool is_nested) {
  for (std::string_view piece : base::split(path, '/')) {
    if (piece.empty()) throw bad_name(path, "a level of it is empty");
    if (piece == "." || piece == "..") throw bad_name(path, "\".\" and \"..\" are not folders");
    if (piece.size() > limits.name_bytes) throw bad_name(path, "it is too long");
    if (!base::is_valid_utf8(piece)) throw bad_name(path, "it is not valid UTF-8");
    for (const char c : piece) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        throw bad_name(path, "it holds a control character");
    }
    if (is_nested && (piece.front() == '.' || is_reserved(piece))) {
      throw bad_name(path, "\"" + std::string(piece) + "\" has a meaning of its own in a Maildir");
    }
  }
}

void make_directory(const fs::path& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    throw file_error("making", directory, errno);
}

}  // namespace

bool is_maildir(const fs::path& root) {
  if (is_message_folder(root)) return true;
  return std::ranges::any_of(
      names_in(root), [&](const std::string& name) { return is_message_folder(root / name); });
}

std::vector<MaildirPlace> list_maildirs(const fs::path& root) {
  std::vector<MaildirPlace> places;
  const bool has_inbox = is_message_folder(root);
  for (const std::string& name : names_in(root)) {
    if (!name.starts_with('.') || name.size() < 2 || !is_message_folder(root / name)) continue;
    std::string path = path_of_dotted(name);
    if (path.empty()) continue;
    places.push_back({{std::move(path), std::nullopt, true}, root / name});
  }
  add_nested(root, {}, 1, places);
  if (has_inbox) {
    std::erase_if(places, [](const MaildirPlace& place) { return place.info.path == "Inbox"; });
    places.push_back({{"Inbox", mailbox::Role::inbox, true}, root});
  }
  auto order = [](const MaildirPlace& place) {
    return std::pair(place.info.path != "Inbox", std::string_view(place.info.path));
  };
  std::ranges::sort(
      places, [&](const MaildirPlace& a, const MaildirPlace& b) { return order(a) < order(b); });

  std::vector<mailbox::FolderInfo> infos;
  for (const MaildirPlace& place : places) infos.push_back(place.info);
  add_roles_by_name(infos);
  for (std::size_t i = 0; i < places.size(); ++i) places[i].info = infos[i];
  return places;
}

void make_maildir(const fs::path& root, std::string_view path) {
  const std::string tidy = tidy_path(path);
  // Maildir++ where the root is a mail folder itself, unless somebody nests there already.
  std::vector<MaildirPlace> nested;
  add_nested(root, {}, 1, nested);
  const bool is_nested = !is_message_folder(root) || !nested.empty();
  check_names(tidy, is_nested);

  fs::path directory = root;
  if (is_nested) {
    for (std::string_view piece : base::split(tidy, '/')) {
      directory /= piece;
      make_directory(directory);
    }
  } else {
    const std::string name = dotted_of_path(tidy);
    if (name.size() > 255) throw bad_name(path, "it is too long");
    directory /= name;
    make_directory(directory);
  }
  complete_maildir(directory);
  sync_directory(directory.parent_path());
}

void complete_maildir(const fs::path& directory) {
  make_directory(directory / "tmp");
  make_directory(directory / "new");
  make_directory(directory / "cur");
}

}  // namespace postroom::stores
