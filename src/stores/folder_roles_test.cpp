#include "stores/folder_roles.hpp"

#include <gtest/gtest.h>

namespace postroom::stores {
namespace {

using mailbox::FolderInfo;
using mailbox::Role;

TEST(RoleOfName, KnowsManyLanguages) {
  EXPECT_EQ(role_of_name("Sent Items"), Role::sent);
  EXPECT_EQ(role_of_name("Gesendete Elemente"), Role::sent);
  EXPECT_EQ(role_of_name("ÉLÉMENTS SUPPRIMÉS"), Role::trash);
  EXPECT_EQ(role_of_name("E\xcc\x81l\xc3\xa9ments envoy\xc3\xa9s"), Role::sent);  // decomposed
  EXPECT_EQ(role_of_name("Inbox/Papelera"), Role::trash);
  EXPECT_EQ(role_of_name("[Gmail]/Черновики"), Role::drafts);
  EXPECT_EQ(role_of_name("Posta indesiderata"), Role::junk);
  EXPECT_EQ(role_of_name("Archief"), Role::archive);
  EXPECT_EQ(role_of_name("inbox"), Role::inbox);
  EXPECT_EQ(role_of_name("Projects/Trash"), std::nullopt);
  EXPECT_EQ(role_of_name("Sent by me"), std::nullopt);
}

TEST(AddRolesByName, ServersWordWins) {
  std::vector<FolderInfo> folders = {{"Trash", {}, true},
                                     {"Sent", {}, false},
                                     {"Müll", Role::trash, true},
                                     {"Enviados", {}, true},
                                     {"Gesendet", {}, true}};
  add_roles_by_name(folders);
  EXPECT_EQ(folders[0].role, std::nullopt);
  EXPECT_EQ(folders[1].role, std::nullopt);
  EXPECT_EQ(folders[3].role, Role::sent);
  EXPECT_EQ(folders[4].role, std::nullopt);
  EXPECT_EQ(find_folder(folders, "@sent"), &folders[3]);
  EXPECT_EQ(find_folder(folders, "/Gesendet/"), &folders[4]);
  EXPECT_EQ(find_folder(folders, "Sent"), nullptr);
  EXPECT_EQ(find_folder(folders, "@junk"), nullptr);
}

TEST(TidyPath, InboxHasNoCase) {
  EXPECT_EQ(tidy_path("INBOX"), "Inbox");
  EXPECT_EQ(tidy_path("/iNbOx/A/"), "Inbox/A");
  EXPECT_EQ(tidy_path("inboxes"), "inboxes");
}

}  // namespace
}  // namespace postroom::stores
