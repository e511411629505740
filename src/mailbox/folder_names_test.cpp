#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mailbox/store.hpp"

namespace postroom::mailbox {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<FolderInfo> sample() {
  return {{"Inbox", Role::inbox, true},   {"Inbox/Invoices", {}, true},
          {"Gesendet", Role::sent, true}, {"Archiv/2025", {}, true},
          {"Archiv", {}, false},          {"inbox-old", {}, true}};
}

TEST(Matching, StarsInboxAndRoles) {
  EXPECT_THAT(matching(sample(), "*"),
              ElementsAre("Inbox", "Inbox/Invoices", "Gesendet", "Archiv/2025", "inbox-old"));
  EXPECT_THAT(matching(sample(), "INBOX"), ElementsAre("Inbox"));
  EXPECT_THAT(matching(sample(), "inbox/*"), ElementsAre("Inbox/Invoices"));
  EXPECT_THAT(matching(sample(), "*i*5"), ElementsAre("Archiv/2025"));
  EXPECT_THAT(matching(sample(), "@Sent"), ElementsAre("Gesendet"));
  EXPECT_THAT(matching(sample(), "gesendet"), ElementsAre());
  EXPECT_THAT(matching(sample(), "Archiv"), ElementsAre());
  EXPECT_THAT(matching(sample(), ""), ElementsAre());
}

TEST(Matching, ManyStarsStayFast) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_THAT(matching({{std::string(5000, 'a') + "b", {}, true}}, pattern + "c"), ElementsAre());
}

TEST(FolderNotFound, NamesTheThreeNearest) {
  const base::Error error = folder_not_found("Invoces", sample());
  EXPECT_EQ(error.kind(), base::ErrorKind::not_found);
  EXPECT_EQ(error.code(), "folder.not_found");
  EXPECT_THAT(error.message(), HasSubstr("Invoces"));
  EXPECT_THAT(error.hint(), HasSubstr("the nearest names are \"Inbox/Invoices\", "));
  EXPECT_EQ(std::ranges::count(error.hint(), ','), 2);
  EXPECT_THAT(folder_not_found("@trash", sample()).message(), HasSubstr("role"));
  EXPECT_THAT(folder_not_found("x", {}).hint(), HasSubstr("no folder"));
}

TEST(FolderNotFound, HostileNamesAreCut) {
  const base::Error error = folder_not_found("a\x1b[2J", {{std::string(100'000, 'z'), {}, true}});
  EXPECT_LT(error.hint().size(), 1000u);
  EXPECT_EQ(error.message().find('\x1b'), std::string::npos);
}

TEST(Roles, AreReadWithOrWithoutTheSign) {
  EXPECT_EQ(role_of("@SENT"), Role::sent);
  EXPECT_EQ(role_of("junk"), Role::junk);
  EXPECT_EQ(role_of("@"), std::nullopt);
  EXPECT_EQ(role_of("Spam"), std::nullopt);
  EXPECT_EQ(to_string(Role::archive), "@archive");
}

}  // namespace
}  // namespace postroom::mailbox
