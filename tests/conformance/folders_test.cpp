// Folders: by path and role, with hints when they are not there, made once.
#include "tests/conformance/conformance_fixture.hpp"

namespace postroom::test {
namespace {

using namespace mailbox;
using testing::Contains;
using testing::HasSubstr;

class Folders : public Conformance {};
INSTANTIATE_CONFORMANCE(Folders);

TEST_P(Folders, InboxHasNoCaseAndRolesAreKnown) {
  run([](World& world) -> Task<void> {
    for (const char* name : {"INBOX", "inbox", "Inbox", "@inbox", "@Inbox"}) {
      auto folder = co_await world.store().open(name, Access::read_only);
      EXPECT_EQ(folder->path(), "Inbox") << name;
    }
    const auto sent = co_await world.store().folder("@sent");
    const auto trash = co_await world.store().folder("@trash");
    EXPECT_EQ(sent ? sent->path : "", "Sent");
    EXPECT_EQ(trash ? trash->path : "", "Trash");
    const auto missing = co_await world.store().folder("Nowhere");
    EXPECT_FALSE(missing);
  });
}

TEST_P(Folders, AMissingOneIsNamedWithItsNeighbours) {
  run([](World& world) -> Task<void> {
    std::string code, hint;
    try {
      auto folder = co_await world.store().open("Trsh", Access::read_only);
    } catch (const base::Error& error) {
      code = error.code();
      hint = error.hint();
    }
    EXPECT_EQ(code, "folder.not_found");
    EXPECT_THAT(hint, HasSubstr("Trash"));
    auto inbox = co_await world.store().open("Inbox", Access::read_only);  // the session goes on
    EXPECT_EQ(inbox->path(), "Inbox");
  });
}

TEST_P(Folders, AreMadeOnceWithUnicodeNamesAndLevels) {
  run([](World& world) -> Task<void> {
    const char* const names[] = {"Büro & Co/Rechnungen 2026", "日本語", "Emoji 📬"};
    for (const char* name : names) {
      const bool made = co_await world.store().create(name);
      EXPECT_TRUE(made) << name;
      const bool again = co_await world.store().create(name);
      EXPECT_FALSE(again) << name;
      auto folder = co_await world.store().open(name, Access::read_write);
      EXPECT_EQ(folder->path(), name);
      base::StringSource source(small_mail(1));
      co_await folder->appending()->append(source, {}, {});
      const auto there = co_await ids(*folder);
      EXPECT_EQ(there.size(), 1u);
    }
    std::vector<std::string> paths;
    const auto all = co_await world.store().folders();
    for (const FolderInfo& info : all) paths.push_back(info.path);
    for (const char* name : names) EXPECT_THAT(paths, Contains(name));
    EXPECT_THAT(matching(all, "Büro*"), Contains("Büro & Co/Rechnungen 2026"));
    const bool inbox = co_await world.store().create("INBOX");
    EXPECT_FALSE(inbox);
  });
}

}  // namespace
}  // namespace postroom::test
