#include "stores/imap_connection.hpp"

#include <algorithm>
#include <random>
#include <tuple>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "imap/client/list.hpp"
#include "imap/client/name_space.hpp"
#include "stores/folder_roles.hpp"

namespace postroom::stores {
namespace {

using base::Task;
using mailbox::FolderInfo;
using mailbox::Role;

struct NameLimits {
  std::size_t folders = 100'000;   // kept of a list; archives with ten thousand exist
  std::size_t name_bytes = 1'000;  // of a new folder's name; servers stop far below
};
constexpr NameLimits name_limits;

struct SpecialUse {
  const char* attribute;  // RFC 6154 section 2
  Role role;
};
constexpr SpecialUse special_uses[] = {
    {"\\Sent", Role::sent},       {"\\Drafts", Role::drafts},   {"\\Trash", Role::trash},
    {"\\Junk", Role::junk},       {"\\Archive", Role::archive}, {"\\All", Role::all},
    {"\\Flagged", Role::flagged},
};

std::optional<Role> role_by_attribute(const imap::ListedFolder& folder) {
  if (folder.name.is_inbox()) return Role::inbox;
  for (const SpecialUse& use : special_uses) {
    if (folder.has(use.attribute)) return use.role;
  }
  return std::nullopt;
}

ImapPlace inbox_place() {
  return {{"Inbox", Role::inbox, true}, imap::MailboxName::from_wire("INBOX")};
}

base::Error bad_name(std::string_view path, const std::string& why, std::string hint) {
  base::Error error(
      base::ErrorKind::config, "folder.bad_name",
      "a folder cannot be named \"" + base::printable(path, 200) + "\" on this server: " + why,
      std::move(hint));
  error.set_session_usable(true);
  return error;
}

std::string new_mark() {
  std::random_device random;
  return fmt::format("~{:08x}{:08x}", random(), random());
}

}  // namespace

ImapConnection::ImapConnection(std::unique_ptr<imap::Client> client, Open open_again,
                               Recovery* recovery)
    : client_(std::move(client)),
      open_again_(std::move(open_again)),
      recovery_(recovery),
      mark_(new_mark()) {
  client_->show_alerts({});
}

bool ImapConnection::is_passing(const base::Error& error) const noexcept {
  if (!can_recover()) return false;
  switch (error.kind()) {
    case base::ErrorKind::throttled:
      return true;
    case base::ErrorKind::network:
    case base::ErrorKind::timed_out:
      return !error.session_usable();
    case base::ErrorKind::tls:
      return error.transient() && !error.session_usable();
    default:
      return false;
  }
}

bool ImapConnection::has_labels() const noexcept { return client_->quirks().labels; }

void ImapConnection::progressed() noexcept {
  old_news_ = 0;
  if (recovery_ != nullptr) recovery_->progressed();
}

Task<void> ImapConnection::wait_after(base::Error error) {
  // A prefetch of the connection before this one: nothing is lost anew.
  const bool is_old_news =
      !error.session_usable() && client_->is_usable() && error.kind() != base::ErrorKind::throttled;
  if (is_old_news && ++old_news_ < 3) co_return;
  try {
    Task<void> waiting = recovery_->wait_after(std::move(error));
    co_await std::move(waiting);
  } catch (const base::Error& last) {
    // Who asked for a pause is not asked for anything else, either.
    if (!client_->is_usable() || last.kind() == base::ErrorKind::throttled) given_up_ = last;
    throw;
  }
}

Task<void> ImapConnection::revive() {
  if (given_up_) throw *given_up_;
  while (can_recover() && !client_->is_usable()) {
    std::optional<base::Error> failure;
    try {
      auto opening = open_again_();
      std::unique_ptr<imap::Client> opened = co_await std::move(opening);
      opened->show_alerts(client_->shown_alert());
      client_ = std::move(opened);
    } catch (const base::Error& error) {
      failure = error;
    }
    if (!failure) {
      mark_ = new_mark();
      recovery_->note("connected again");
    } else {
      co_await wait_after(*failure);
    }
  }
}

std::string ImapConnection::numbering() const {
  const imap::SelectedFolder* selected = client_->selected();
  if (selected != nullptr && selected->uid_validity != 0 && !selected->uid_not_sticky)
    return std::to_string(selected->uid_validity);
  return fmt::format("{}.{}", mark_, selections_);
}

Task<imap::SelectedFolder> ImapConnection::select(imap::MailboxName name, imap::Access access) {
  const imap::SelectedFolder* now = client_->selected();
  const bool is_enough =
      now != nullptr && now->name == name && (access == imap::Access::read_only || !now->read_only);
  if (is_enough) co_return *now;
  auto selecting = select_anew(std::move(name), access);
  co_return co_await std::move(selecting);
}

Task<imap::SelectedFolder> ImapConnection::select_anew(imap::MailboxName name,
                                                       imap::Access access) {
  auto opening = imap::select(*client_, name, access);
  ++selections_;
  imap::SelectedFolder selected = co_await opening.result();
  co_return selected;
}

std::string ImapConnection::path_of(const imap::MailboxName& name, char delimiter) const {
  std::string utf8 = name.utf8();
  if (name.is_inbox()) return "Inbox";
  if (!prefix_.empty() && utf8.size() > prefix_.size() && utf8.starts_with(prefix_))
    utf8.erase(0, prefix_.size());
  if (delimiter == '/' || delimiter == '\0') return tidy_path(utf8);
  std::string path;
  for (const char c : utf8) {
    if (c == delimiter) {
      path += '/';
    } else if (c == '/') {
      path += "\xe2\x88\x95";  // U+2215, so that a slash inside a name is not another level
    } else {
      path += c;
    }
  }
  return tidy_path(path);
}

Task<void> ImapConnection::fetch_list() {
  auto listing = imap::list(*client_, "", "*");
  std::optional<imap::Command<imap::NameSpaceExchange>> spaces;
  const bool asks = prefix_.empty() && client_->can("NAMESPACE");
  if (asks) spaces.emplace(imap::name_space(*client_));
  std::vector<imap::ListedFolder> folders = co_await listing.result();
  if (asks) {
    imap::PersonalNameSpace space = co_await spaces->result();
    prefix_ = imap::from_modified_utf7(space.prefix);
    delimiter_ = space.delimiter;
  }
  places_.clear();
  infos_.clear();
  for (const imap::ListedFolder& folder : folders) {
    if (folder.has("\\NonExistent") || places_.size() >= name_limits.folders) continue;
    if (delimiter_ == '\0') delimiter_ = folder.delimiter;
    FolderInfo info{path_of(folder.name, folder.delimiter), role_by_attribute(folder),
                    folder.is_selectable()};
    if (info.path.empty()) continue;
    places_.push_back({std::move(info), folder.name});
  }
  auto is_inbox = [](const ImapPlace& place) { return place.name.is_inbox(); };
  if (std::ranges::none_of(places_, is_inbox)) places_.push_back(inbox_place());
  auto order = [](const ImapPlace& place) {
    return std::tuple(!place.name.is_inbox(), std::string_view(place.info.path),
                      std::string_view(place.name.wire()));
  };
  std::ranges::sort(places_,
                    [&](const ImapPlace& a, const ImapPlace& b) { return order(a) < order(b); });
  // Gateways tell of a folder twice, and of the INBOX in two spellings.
  const auto repeated = std::ranges::unique(
      places_, {}, [](const ImapPlace& place) { return std::string_view(place.name.wire()); });
  places_.erase(repeated.begin(), repeated.end());
  for (const ImapPlace& place : places_) infos_.push_back(place.info);
  add_roles_by_name(infos_);
  for (std::size_t i = 0; i < places_.size(); ++i) places_[i].info = infos_[i];
  listed_ = true;
}

const ImapPlace* ImapConnection::find_listed(std::string_view path_or_role) const {
  const FolderInfo* found = find_folder(infos_, path_or_role);
  // Where everything hangs below INBOX, "Inbox/Sent" is what other programs call "Sent".
  if (found == nullptr && base::ascii_lower(prefix_).starts_with("inbox")) {
    const std::string path = tidy_path(path_or_role);
    if (path.starts_with("Inbox/")) found = find_folder(infos_, std::string_view(path).substr(6));
  }
  return found == nullptr ? nullptr : &places_[static_cast<std::size_t>(found - infos_.data())];
}

Task<std::optional<ImapPlace>> ImapConnection::find(std::string path_or_role) {
  const auto role = path_or_role.starts_with('@') ? mailbox::role_of(path_or_role) : std::nullopt;
  if (role == Role::inbox || tidy_path(path_or_role) == "Inbox") co_return inbox_place();
  const bool was_listed = listed_;
  if (!was_listed) co_await fetch_list();
  const ImapPlace* found = find_listed(path_or_role);
  if (found == nullptr && was_listed) {
    co_await fetch_list();
    found = find_listed(path_or_role);
  }
  if (found == nullptr) co_return std::nullopt;
  co_return *found;
}

Task<ImapPlace> ImapConnection::need(std::string path_or_role) {
  std::optional<ImapPlace> place = co_await find(path_or_role);
  if (!place) throw mailbox::folder_not_found(path_or_role, infos_);
  co_return std::move(*place);
}

Task<std::vector<FolderInfo>> ImapConnection::list_again() {
  co_await fetch_list();
  co_return infos_;
}

Task<imap::MailboxName> ImapConnection::name_of_new(std::string path) {
  if (!listed_) co_await fetch_list();
  const std::string tidy = tidy_path(path);
  if (tidy.size() > name_limits.name_bytes)
    throw bad_name(path, "it is too long", "choose a shorter name");
  if (!base::is_valid_utf8(tidy))
    throw bad_name(path, "it is not valid UTF-8", "choose another name");
  std::string name = prefix_;
  bool is_first = true;
  for (std::string_view piece : base::split(tidy, '/')) {
    if (piece.empty()) throw bad_name(path, "a level of it is empty", "'/' separates levels");
    for (const char c : piece) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '*' || c == '%') {
        throw bad_name(path, "it holds a control character, * or %", "choose another name");
      }
      if (c == delimiter_) {
        throw bad_name(
            path, std::string("'") + c + "' separates folders there",
            std::string("leave out the '") + c + "', or write '/' where a folder below is meant");
      }
    }
    if (!is_first) {
      if (delimiter_ == '\0')
        throw bad_name(path, "it has no folders below folders", "leave out the '/'");
      name += delimiter_;
    }
    if (is_first && piece == "Inbox" && tidy != "Inbox") {
      name = "INBOX";  // what is below INBOX is below it whatever the name space
    } else {
      name += piece;
    }
    is_first = false;
  }
  co_return imap::MailboxName::from_utf8(name);
}

}  // namespace postroom::stores
