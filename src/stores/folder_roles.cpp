#include "stores/folder_roles.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "mime/fold.hpp"

namespace postroom::stores {
namespace {

using mailbox::FolderInfo;
using mailbox::Role;

struct NamedRole {
  std::string_view name;  // in lower case
  Role role;
};

// What Outlook, Exchange, Gmail, Thunderbird, Apple Mail and the big providers call these folders.
constexpr NamedRole table[] = {
    // English
    {"sent", Role::sent},
    {"sent items", Role::sent},
    {"sent mail", Role::sent},
    {"sent messages", Role::sent},
    {"drafts", Role::drafts},
    {"draft", Role::drafts},
    {"trash", Role::trash},
    {"deleted items", Role::trash},
    {"deleted messages", Role::trash},
    {"deleted", Role::trash},
    {"bin", Role::trash},
    {"junk", Role::junk},
    {"junk e-mail", Role::junk},
    {"junk email", Role::junk},
    {"spam", Role::junk},
    {"bulk mail", Role::junk},
    {"bulk", Role::junk},
    {"archive", Role::archive},
    {"archives", Role::archive},
    // French
    {"éléments envoyés", Role::sent},
    {"envoyés", Role::sent},
    {"messages envoyés", Role::sent},
    {"courrier envoyé", Role::sent},
    {"objets envoyés", Role::sent},
    {"envoyé", Role::sent},
    {"brouillons", Role::drafts},
    {"brouillon", Role::drafts},
    {"corbeille", Role::trash},
    {"éléments supprimés", Role::trash},
    {"messages supprimés", Role::trash},
    {"courrier indésirable", Role::junk},
    {"indésirables", Role::junk},
    {"pourriel", Role::junk},
    // German
    {"gesendet", Role::sent},
    {"gesendete elemente", Role::sent},
    {"gesendete objekte", Role::sent},
    {"gesendete nachrichten", Role::sent},
    {"entwürfe", Role::drafts},
    {"papierkorb", Role::trash},
    {"gelöschte elemente", Role::trash},
    {"gelöschte objekte", Role::trash},
    {"gelöscht", Role::trash},
    {"junk-e-mail", Role::junk},
    {"unerwünscht", Role::junk},
    {"spamverdacht", Role::junk},
    {"archiv", Role::archive},
    // Spanish
    {"enviados", Role::sent},
    {"elementos enviados", Role::sent},
    {"mensajes enviados", Role::sent},
    {"correo enviado", Role::sent},
    {"borradores", Role::drafts},
    {"papelera", Role::trash},
    {"elementos eliminados", Role::trash},
    {"eliminados", Role::trash},
    {"correo no deseado", Role::junk},
    {"archivo", Role::archive},
    // Italian
    {"posta inviata", Role::sent},
    {"inviata", Role::sent},
    {"inviati", Role::sent},
    {"messaggi inviati", Role::sent},
    {"bozze", Role::drafts},
    {"cestino", Role::trash},
    {"posta eliminata", Role::trash},
    {"eliminata", Role::trash},
    {"posta indesiderata", Role::junk},
    {"archivio", Role::archive},
    // Portuguese
    {"itens enviados", Role::sent},
    {"mensagens enviadas", Role::sent},
    {"enviadas", Role::sent},
    {"e-mails enviados", Role::sent},
    {"rascunhos", Role::drafts},
    {"lixeira", Role::trash},
    {"lixo", Role::trash},
    {"itens excluídos", Role::trash},
    {"itens eliminados", Role::trash},
    {"lixo eletrônico", Role::junk},
    {"lixo eletrónico", Role::junk},
    {"arquivo", Role::archive},
    {"arquivo morto", Role::archive},
    // Dutch
    {"verzonden", Role::sent},
    {"verzonden items", Role::sent},
    {"verzonden berichten", Role::sent},
    {"concepten", Role::drafts},
    {"prullenbak", Role::trash},
    {"verwijderde items", Role::trash},
    {"prullenmand", Role::trash},
    {"ongewenste e-mail", Role::junk},
    {"ongewenste reclame", Role::junk},
    {"archief", Role::archive},
    // Swedish, Danish, Norwegian, Finnish
    {"skickat", Role::sent},
    {"skickade objekt", Role::sent},
    {"sendt", Role::sent},
    {"sendt post", Role::sent},
    {"sendte elementer", Role::sent},
    {"lähetetyt", Role::sent},
    {"utkast", Role::drafts},
    {"kladder", Role::drafts},
    {"luonnokset", Role::drafts},
    {"papperskorgen", Role::trash},
    {"borttaget", Role::trash},
    {"slettet post", Role::trash},
    {"slettede elementer", Role::trash},
    {"papirkurv", Role::trash},
    {"roskakori", Role::trash},
    {"skräppost", Role::junk},
    {"uønsket e-mail", Role::junk},
    {"søppelpost", Role::junk},
    {"roskaposti", Role::junk},
    {"arkiv", Role::archive},
    {"arkisto", Role::archive},
    // Polish, Czech, Hungarian, Turkish
    {"wysłane", Role::sent},
    {"elementy wysłane", Role::sent},
    {"odeslaná pošta", Role::sent},
    {"odeslané", Role::sent},
    {"elküldött elemek", Role::sent},
    {"gönderilmiş öğeler", Role::sent},
    {"kopie robocze", Role::drafts},
    {"wersje robocze", Role::drafts},
    {"szkice", Role::drafts},
    {"koncepty", Role::drafts},
    {"piszkozatok", Role::drafts},
    {"taslaklar", Role::drafts},
    {"kosz", Role::trash},
    {"elementy usunięte", Role::trash},
    {"koš", Role::trash},
    {"odstraněná pošta", Role::trash},
    {"törölt elemek", Role::trash},
    {"silinmiş öğeler", Role::trash},
    {"wiadomości-śmieci", Role::junk},
    {"nevyžádaná pošta", Role::junk},
    {"levélszemét", Role::junk},
    {"önemsiz e-posta", Role::junk},
    // Russian, Ukrainian
    {"отправленные", Role::sent},
    {"надіслані", Role::sent},
    {"черновики", Role::drafts},
    {"чернетки", Role::drafts},
    {"корзина", Role::trash},
    {"удаленные", Role::trash},
    {"удалённые", Role::trash},
    {"кошик", Role::trash},
    {"спам", Role::junk},
    {"архив", Role::archive},
    {"нежелательная почта", Role::junk},
    {"небажана пошта", Role::junk},
    // Chinese, Japanese, Korean
    {"已发送", Role::sent},
    {"已发送邮件", Role::sent},
    {"寄件備份", Role::sent},
    {"送信済みアイテム", Role::sent},
    {"送信済み", Role::sent},
    {"보낸 편지함", Role::sent},
    {"草稿", Role::drafts},
    {"草稿箱", Role::drafts},
    {"下書き", Role::drafts},
    {"임시 보관함", Role::drafts},
    {"已删除", Role::trash},
    {"已删除邮件", Role::trash},
    {"刪除的郵件", Role::trash},
    {"ごみ箱", Role::trash},
    {"ゴミ箱", Role::trash},
    {"刪除的項目", Role::trash},
    {"已刪除郵件", Role::trash},
    {"垃圾桶", Role::trash},
    {"垃圾郵件", Role::junk},
    {"存档", Role::archive},
    {"封存", Role::archive},
    {"보낸편지함", Role::sent},
    {"임시보관함", Role::drafts},
    {"지운편지함", Role::trash},
    {"지운 편지함", Role::trash},
    {"스팸메일함", Role::junk},
    {"정크 메일", Role::junk},
    {"削除済みアイテム", Role::trash},
    {"휴지통", Role::trash},
    {"垃圾邮件", Role::junk},
    {"迷惑メール", Role::junk},
    {"스팸", Role::junk},
    {"归档", Role::archive},
    {"アーカイブ", Role::archive},
};

}  // namespace

std::optional<Role> role_of_name(std::string_view path) {
  const std::string tidy = tidy_path(path);
  std::string_view name = tidy;
  if (name == "Inbox") return Role::inbox;
  if (name.starts_with("Inbox/")) name.remove_prefix(6);
  for (const std::string_view gmail : {"[Gmail]/", "[Google Mail]/"}) {
    if (name.starts_with(gmail)) name.remove_prefix(gmail.size());
  }
  if (name.contains('/')) return std::nullopt;
  // Composed and decomposed letters differ in bytes: both sides are folded, the table once.
  static const std::map<std::string, Role, std::less<>> folded_table = [] {
    std::map<std::string, Role, std::less<>> folded;
    for (const NamedRole& row : table) folded.emplace(mime::fold(row.name), row.role);
    return folded;
  }();
  const auto found = folded_table.find(mime::fold(name));
  if (found != folded_table.end()) return found->second;
  return std::nullopt;
}

void add_roles_by_name(std::vector<FolderInfo>& folders) {
  for (FolderInfo& folder : folders) {
    if (folder.role || !folder.selectable) continue;
    const std::optional<Role> role = role_of_name(folder.path);
    if (!role) continue;
    auto has_it = [&](const FolderInfo& other) { return other.role == role; };
    if (std::ranges::none_of(folders, has_it)) folder.role = role;
  }
}

const FolderInfo* find_folder(const std::vector<FolderInfo>& folders,
                              std::string_view path_or_role) {
  const auto role = path_or_role.starts_with('@') ? mailbox::role_of(path_or_role) : std::nullopt;
  const std::string path = tidy_path(path_or_role);
  for (const FolderInfo& folder : folders) {
    if (folder.selectable && (role ? folder.role == role : folder.path == path)) return &folder;
  }
  return nullptr;
}

std::string tidy_path(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = std::min(path.find('/'), path.size());
  if (!base::ascii_iequals(path.substr(0, slash), "inbox")) return std::string(path);
  return "Inbox" + std::string(path.substr(slash));
}

}  // namespace postroom::stores
