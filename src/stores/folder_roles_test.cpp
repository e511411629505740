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

// What the mail programs of ten languages call the five folders: sent, drafts, trash, junk,
// archive; "" where none is known.
TEST(RoleOfName, KnowsEachRoleInEachLanguage) {
  const char* const names[][5] = {
      {"Gesendete Elemente", "Entwürfe", "Gelöschte Elemente", "Spamverdacht", "Archiv"},
      {"Éléments envoyés", "Brouillons", "Éléments supprimés", "Courrier indésirable", "Archives"},
      {"Elementos enviados", "Borradores", "Papelera", "Correo no deseado", "Archivo"},
      {"Posta inviata", "Bozze", "Cestino", "Posta indesiderata", "Archivio"},
      {"Itens Enviados", "Rascunhos", "Lixeira", "Lixo Eletrônico", ""},
      {"Verzonden items", "Concepten", "Verwijderde items", "Ongewenste e-mail", "Archief"},
      {"Отправленные", "Черновики", "Удаленные", "Нежелательная почта", "Архив"},
      {"已发送", "草稿箱", "已删除", "垃圾邮件", "存档"},
      {"寄件備份", "草稿", "垃圾桶", "垃圾郵件", "封存"},
      {"送信済みアイテム", "下書き", "ゴミ箱", "迷惑メール", "アーカイブ"},
      {"보낸편지함", "임시보관함", "지운편지함", "스팸메일함", ""},
  };
  const Role roles[] = {Role::sent, Role::drafts, Role::trash, Role::junk, Role::archive};
  for (const auto& language : names) {
    for (std::size_t i = 0; i < std::size(roles); ++i) {
      if (*language[i] != '\0') EXPECT_EQ(role_of_name(language[i]), roles[i]) << language[i];
    }
  }
  EXPECT_EQ(role_of_name("[Google Mail]/Gesendet"), Role::sent);
  EXPECT_EQ(role_of_name("Bulk"), Role::junk);
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
