#include "stores/maildir_store.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "mime/header_text.hpp"
#include "net/task_group.hpp"
#include "stores/file_cursor.hpp"
#include "stores/maildir_files.hpp"
#include "stores/maildir_name.hpp"

namespace postroom::stores {
namespace {

namespace fs = std::filesystem;
using namespace mailbox;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class MaildirTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "postroom-maildir-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  void make_maildir(const std::string& name) {
    for (const char* part : {"cur", "new", "tmp"}) fs::create_directories(root_ / name / part);
  }
  void write(const std::string& file, const std::string& text) {
    std::ofstream out(root_ / file, std::ios::binary);
    out << text;
  }
  static std::string mail(const std::string& subject, const std::string& body = "hello\n") {
    return "From: A <a@example.com>\nTo: b@example.com\nSubject: " + subject +
           "\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n\n" + body;
  }
  static std::vector<Message> list(Folder& folder, Query query = Query::everything(),
                                   Want want = {}, Order order = Order::oldest_first) {
    std::vector<Message> all;
    auto cursor = net::run(folder.find(query, want, order));
    while (auto* page = net::run(cursor->next_page())) {
      EXPECT_LE(page->size(), 1000u);
      all.insert(all.end(), page->begin(), page->end());
    }
    return all;
  }
  static std::vector<std::string> keys(Folder& folder, Query query = Query::everything()) {
    std::vector<std::string> found;
    for (const Message& message : list(folder, query)) found.push_back(message.key.text);
    return found;
  }
  std::vector<std::string> files(const std::string& directory) {
    std::vector<std::string> names;
    for (const auto& row : fs::directory_iterator(root_ / directory))
      names.push_back(row.path().filename());
    return names;
  }
  static std::string raw(Folder& folder, const MessageKey& key) {
    base::StringSink sink;
    net::run(folder.raw(key, sink));
    return sink.text;
  }
  std::unique_ptr<Folder> open(const std::string& path, Access access = Access::read_write) {
    if (!store_) store_ = open_maildir(root_);
    return net::run(store_->open(path, access));
  }

  fs::path root_;
  std::unique_ptr<Store> store_;
};

TEST_F(MaildirTest, ListsCurAndNewInOrder) {
  make_maildir("");
  write("cur/10.M1.h:2,FS", mail("ten"));
  write("cur/9.M1.h:2,", mail("nine"));
  write("new/11.M1.h", mail("eleven"));
  write("cur/.hidden", mail("no"));
  auto inbox = open("INBOX");
  EXPECT_THAT(keys(*inbox), ElementsAre("9.M1.h", "10.M1.h", "11.M1.h"));
  auto newest = list(*inbox, Query::everything(), {}, Order::newest_first);
  EXPECT_EQ(newest.front().key.text, "11.M1.h");
  EXPECT_TRUE(newest[1].flags.seen && newest[1].flags.flagged);
  EXPECT_FALSE(newest[0].flags.seen);
  EXPECT_THAT(keys(*inbox, {FlagTest{Flag::seen, true}}), ElementsAre("10.M1.h"));
  EXPECT_THAT(keys(*inbox, {TextTest{TextField::subject, "", Comparison::equals, {"NINE"}, false}}),
              ElementsAre("9.M1.h"));
}

TEST_F(MaildirTest, ReadsOnlyTheHeaderForAnEnvelope) {
  make_maildir("");
  const std::string huge = mail("big", std::string(3'000'000, 'x'));
  write("cur/1.h:2,", huge);
  auto inbox = open("Inbox");
  Want want;
  want.envelope = true;
  want.headers = {"to"};
  auto found = list(*inbox, Query::everything(), want);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].envelope.subject, "big");
  EXPECT_EQ(found[0].size, huge.size());
  EXPECT_THAT(found[0].headers, ElementsAre(testing::Pair("To", "b@example.com")));
  EXPECT_THAT(found[0].text, IsEmpty());
  EXPECT_FALSE(found[0].structure.has_value());
}

TEST_F(MaildirTest, TextIsFetchedWhenTheQueryNeedsItAndKeptOnlyWhenWanted) {
  make_maildir("");
  write("cur/1.h:2,", mail("a", "find the needle\n"));
  write("cur/2.h:2,", mail("b", "nothing\n"));
  auto inbox = open("Inbox");
  const Query body{TextTest{TextField::body, "", Comparison::contains, {"needle"}, false}};
  auto found = list(*inbox, body);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].text, IsEmpty());
  Want want;
  want.text = want.structure = true;
  found = list(*inbox, body, want);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].text, testing::StartsWith("find the needle"));
  ASSERT_TRUE(found[0].structure);
  base::StringSink sink;
  net::run(inbox->part(found[0].key, *found[0].structure, sink));
  EXPECT_EQ(sink.text, "find the needle\n");
}

TEST_F(MaildirTest, PagesStopAtAThousand) {
  make_maildir("");
  for (int i = 0; i < 2'100; ++i)
    write("new/" + std::to_string(i) + ".h", "Subject: " + std::to_string(i) + "\n\n");
  auto inbox = open("Inbox");
  Want want;
  want.envelope = true;
  auto all = list(*inbox, Query::everything(), want);
  ASSERT_EQ(all.size(), 2'100u);
  for (int i = 0; i < 2'100; ++i)
    ASSERT_EQ(all[static_cast<std::size_t>(i)].envelope.subject, std::to_string(i));
}

TEST_F(MaildirTest, FollowsFilesThatOthersRename) {
  make_maildir("");
  write("new/1.h", mail("a"));
  auto inbox = open("Inbox");
  auto cursor = net::run(inbox->find(Query::everything(), Want{}, Order::oldest_first));
  fs::rename(root_ / "new/1.h", root_ / "cur/1.h:2,S");
  auto* page = net::run(cursor->next_page());
  ASSERT_NE(page, nullptr);
  EXPECT_TRUE(page->front().flags.seen);
  fs::rename(root_ / "cur/1.h:2,S", root_ / "cur/1.h:2,FS");
  EXPECT_EQ(raw(*inbox, {"1.h"}), mail("a"));
  fs::remove(root_ / "cur/1.h:2,FS");
  EXPECT_THROW(raw(*inbox, {"1.h"}), base::Error);
}

TEST_F(MaildirTest, FlagsAreLettersAndForeignOnesStay) {
  make_maildir("");
  write("cur/1.h:2,PSa", mail("a"));
  write("new/2.h", mail("b"));
  auto inbox = open("Inbox");
  auto outcomes =
      net::run(inbox->flagging()->set_flag({{"1.h"}, {"2.h"}, {"gone"}}, Flag::flagged, true));
  EXPECT_FALSE(outcomes[0].error || outcomes[1].error);
  EXPECT_EQ(outcomes[2].error->code(), "message.gone");
  EXPECT_THAT(files("cur"), UnorderedElementsAre("1.h:2,FPSa", "2.h:2,F"));
  net::run(inbox->flagging()->set_flag({{"1.h"}}, Flag::seen, false));
  EXPECT_THAT(files("cur"), UnorderedElementsAre("1.h:2,FPa", "2.h:2,F"));
}

TEST_F(MaildirTest, MovesKeepFlagsAndNeverOverwrite) {
  make_maildir("");
  make_maildir(".Archive");
  write("cur/1.h:2,S", mail("mine"));
  write(".Archive/cur/1.h:2,S", mail("theirs"));
  auto inbox = open("Inbox");
  auto outcomes = net::run(inbox->moving()->move({{"1.h"}}, "Archive"));
  ASSERT_FALSE(outcomes[0].error);
  ASSERT_TRUE(outcomes[0].new_key);
  EXPECT_NE(outcomes[0].new_key->text, "1.h");
  EXPECT_THAT(files("cur"), IsEmpty());
  EXPECT_THAT(files(".Archive/cur"), testing::SizeIs(2));
  auto archive = open("Archive");
  EXPECT_EQ(raw(*archive, {"1.h"}), mail("theirs"));
  EXPECT_EQ(raw(*archive, *outcomes[0].new_key), mail("mine"));
}

TEST_F(MaildirTest, CopiesUnderANewName) {
  make_maildir("");
  make_maildir(".Work.Ä");
  write("cur/1.h:2,F", mail("a"));
  auto inbox = open("Inbox");
  auto outcomes = net::run(inbox->moving()->copy({{"1.h"}, {"gone"}}, "Work/Ä"));
  ASSERT_FALSE(outcomes[0].error);
  EXPECT_EQ(outcomes[1].error->code(), "message.gone");
  auto target = open("Work/Ä");
  auto found = list(*target);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].key, *outcomes[0].new_key);
  EXPECT_TRUE(found[0].flags.flagged);
  EXPECT_EQ(keys(*inbox).size(), 1u);
}

TEST_F(MaildirTest, RemovesToTheTrashOrForGood) {
  make_maildir("");
  write("cur/1.h:2,", mail("a"));
  write("cur/2.h:2,", mail("b"));
  auto inbox = open("Inbox");
  try {
    net::run(inbox->remove({{"1.h"}}, Removal::trash));
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "folder.no_trash");
  }
  EXPECT_EQ(keys(*inbox).size(), 2u);
  make_maildir(".Papierkorb");
  auto outcomes = net::run(inbox->remove({{"1.h"}}, Removal::trash));
  EXPECT_FALSE(outcomes[0].error);
  auto trash = open("@trash");
  EXPECT_THAT(keys(*trash), ElementsAre("1.h"));
  net::run(trash->remove({{"1.h"}}, Removal::trash));
  EXPECT_THAT(keys(*trash), ElementsAre("1.h"));
  net::run(inbox->remove({{"2.h"}}, Removal::permanent));
  EXPECT_THAT(keys(*inbox), IsEmpty());
}

TEST_F(MaildirTest, AppendsExactBytesWithDateAndFlags) {
  make_maildir("");
  auto inbox = open("Inbox");
  const std::string text = "Subject: x\r\n\r\nbody\r\n.\r\n";
  base::StringSource source(text);
  Flags flags;
  flags.seen = true;
  const base::Instant when{std::chrono::milliseconds{1'600'000'000'500}};
  auto key = net::run(inbox->appending()->append(source, flags, when));
  ASSERT_TRUE(key);
  auto found = list(*inbox);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].key, *key);
  EXPECT_EQ(found[0].received, when);
  EXPECT_TRUE(found[0].flags.seen);
  EXPECT_EQ(raw(*inbox, *key), text);
  EXPECT_THAT(files("tmp"), IsEmpty());
  base::StringSource again(text);
  net::run(inbox->appending()->append(again, {}, {}));
  EXPECT_THAT(files("new"), testing::SizeIs(1));
}

TEST_F(MaildirTest, FindsFoldersOfBothLayoutsAndRoles) {
  make_maildir("");
  make_maildir(".Gesendet");
  make_maildir(".Work.2025");
  make_maildir(".Entw&APw-rfe");
  make_maildir("Nested/Deep");
  fs::create_directories(root_ / ".notmail");
  store_ = open_maildir(root_);
  std::vector<std::string> paths;
  for (const FolderInfo& info : net::run(store_->folders())) paths.push_back(info.path);
  EXPECT_THAT(paths, ElementsAre("Inbox", "Entwürfe", "Gesendet", "Nested/Deep", "Work/2025"));
  EXPECT_EQ(net::run(store_->folder("@sent"))->path, "Gesendet");
  EXPECT_EQ(net::run(store_->folder("@drafts"))->path, "Entwürfe");
  EXPECT_FALSE(net::run(store_->folder("gesendet")));
  try {
    open("Gesenet");
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "folder.not_found");
    EXPECT_THAT(error.hint(), testing::HasSubstr("Gesendet"));
  }
}

TEST_F(MaildirTest, CreatesFoldersOnce) {
  make_maildir("");
  store_ = open_maildir(root_);
  EXPECT_TRUE(net::run(store_->create("Büro/v1.2")));
  EXPECT_FALSE(net::run(store_->create("Büro/v1.2")));
  EXPECT_TRUE(net::run(store_->folder("Büro/v1.2")));
  EXPECT_FALSE(net::run(store_->create("INBOX")));
  for (const char* bad : {"", "a//b", "../x", "a\nb", "."}) {
    try {
      net::run(store_->create(bad));
      ADD_FAILURE() << bad;
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), "folder.bad_name") << bad;
    }
  }
}

TEST_F(MaildirTest, NestedLayoutCannotLeaveItsRoot) {
  make_maildir("INBOX");
  make_maildir("Sent");
  store_ = open_maildir(root_);
  EXPECT_TRUE(net::run(store_->folder("inbox")));
  EXPECT_TRUE(net::run(store_->create("A/B")));
  EXPECT_TRUE(fs::is_directory(root_ / "A/B/cur"));
  EXPECT_THROW(net::run(store_->create("../evil")), base::Error);
  EXPECT_THROW(net::run(store_->create("A/cur")), base::Error);
  EXPECT_FALSE(fs::exists(root_.parent_path() / "evil"));
}

TEST_F(MaildirTest, ReadOnlyHasNoAbilities) {
  make_maildir("");
  write("cur/1.h:2,", mail("a"));
  auto inbox = open("Inbox", Access::read_only);
  EXPECT_EQ(inbox->moving(), nullptr);
  EXPECT_EQ(inbox->flagging(), nullptr);
  EXPECT_EQ(inbox->appending(), nullptr);
  EXPECT_THROW(net::run(inbox->remove({{"1.h"}}, Removal::permanent)), base::Error);
  EXPECT_THAT(files("cur"), testing::SizeIs(1));
}

TEST_F(MaildirTest, EmlFolderIsReadOnly) {
  write("10.eml", mail("ten"));
  write("9.EML", mail("nine"));
  write("note.txt", "no");
  fs::create_directory(root_ / "sub.eml");
  store_ = open_maildir(root_);
  EXPECT_FALSE(store_->can_move());
  auto inbox = open("@inbox", Access::read_only);
  EXPECT_THAT(keys(*inbox), ElementsAre("9.EML", "10.eml"));
  EXPECT_EQ(raw(*inbox, {"9.EML"}), mail("nine"));
  EXPECT_THROW(raw(*inbox, {"../x.eml"}), base::Error);
  EXPECT_THROW(open("Inbox", Access::read_write), base::Error);
  EXPECT_THROW(open("Other", Access::read_only), base::Error);
  EXPECT_THROW(net::run(store_->create("x")), base::Error);
}

// A pipe would hold the run for ever, a link lead out of the mailbox.
TEST_F(MaildirTest, OnlyRegularFilesAreMessages) {
  make_maildir("");
  write("new/1.real", mail("real"));
  write("outside", mail("outside"));
  ASSERT_EQ(::mkfifo((root_ / "new/2.pipe").c_str(), 0600), 0);
  fs::create_symlink(root_ / "outside", root_ / "new/3.link");
  auto inbox = open("Inbox");
  Want want;
  want.envelope = want.text = true;
  auto found = list(*inbox, Query::everything(), want);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].envelope.subject, "real");
}

// A saved mail is as old as it says, not as its file.
TEST_F(MaildirTest, EmlMailsWereReceivedWhenTheirHeadersSay) {
  fs::create_directories(root_ / "box");
  write("box/dated.eml", mail("dated"));
  write("box/relayed.eml",
        "Received: from a by b; Tue, 24 Nov 2026 08:30:00 +0100\n" + mail("relayed"));
  store_ = open_maildir(root_ / "box");
  auto inbox = open("Inbox", Access::read_only);
  Want want;
  want.received = true;
  auto found = list(*inbox, Query::everything(), want);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].received, mime::parse_date("Mon, 23 Nov 2026 10:00:00 +0000"));
  EXPECT_EQ(found[1].received, mime::parse_date("Tue, 24 Nov 2026 07:30:00 +0000"));
}

TEST_F(MaildirTest, AMissingFolderIsNamed) {
  try {
    open_maildir(root_ / "nowhere");
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "maildir.not_found");
    EXPECT_THAT(error.message(), testing::HasSubstr("nowhere"));
  }
}

TEST_F(MaildirTest, FilesAreNeverOverwritten) {
  write("a", "1");
  write("b", "2");
  EXPECT_EQ(move_file(root_ / "a", root_ / "b"), Placed::taken);
  EXPECT_EQ(copy_file(root_ / "a", root_ / "b", root_ / "t"), Placed::taken);
  EXPECT_EQ(move_file(root_ / "x", root_ / "c"), Placed::gone);
  EXPECT_EQ(copy_file(root_ / "x", root_ / "c", root_ / "t"), Placed::gone);
  EXPECT_THAT(files("."), UnorderedElementsAre("a", "b"));
}

TEST(MaildirName, ReadsAndWritesSuffixes) {
  EXPECT_EQ(parse_maildir_name("1.a:2,FS").unique, "1.a");
  EXPECT_EQ(parse_maildir_name("1.a;2,S").flags, "S");
  EXPECT_EQ(parse_maildir_name("1.a,S=12:2,").unique, "1.a,S=12");
  EXPECT_EQ(format_maildir_name({"1.a", "SF"}), "1.a:2,FS");
  base::ManualClock clock;
  EXPECT_NE(new_unique_name(clock), new_unique_name(clock));
}

TEST(NaturalLess, CountsAsPeopleDo) {
  EXPECT_TRUE(natural_less("mail2", "mail10"));
  EXPECT_FALSE(natural_less("mail10", "mail2"));
  EXPECT_TRUE(natural_less("a", "a1"));
  EXPECT_NE(natural_less("07", "7"), natural_less("7", "07"));
  EXPECT_FALSE(natural_less("x", "x"));
}

}  // namespace
}  // namespace postroom::stores
