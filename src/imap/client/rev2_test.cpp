// IMAP4rev2, ENABLE, UTF-8 names, literals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

using testing::ElementsAre;

Task<std::vector<std::string>> enabled_of(Client& client, std::vector<std::string_view> words) {
  auto enabling = enable(client, words);
  std::vector<std::string> enabled = co_await enabling.result();
  co_return enabled;
}

TEST(Rev2, only_revision) {
  play("rev2_only.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    EXPECT_TRUE(client.speaks_rev2());
    for (std::string_view word :
         {"MOVE", "UIDPLUS", "ESEARCH", "SEARCHRES", "NAMESPACE", "UNSELECT", "ENABLE", "IDLE",
          "SASL-IR", "LIST-EXTENDED", "LIST-STATUS", "LITERAL-", "SPECIAL-USE", "STATUS=SIZE"})
      EXPECT_TRUE(client.can(word)) << word;
    EXPECT_FALSE(client.can("CONDSTORE"));
    const MailboxName name = MailboxName::from_utf8("Größe");
    auto opening = select(client, name, Access::read_write);
    SelectedFolder folder = co_await opening.result();
    EXPECT_EQ(folder.exists, 3u);
    const MailboxName inbox = MailboxName::from_wire("inbox");
    auto reopening = select(client, inbox, Access::read_write);
    folder = co_await reopening.result();
    EXPECT_EQ(folder.exists, 1u);
    SearchCriteria criteria(client.command_style());
    criteria.subject("Größe");
    auto search = uid_search(client, criteria);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids, (UidSet{Uid{4}, Uid{9}}));
    const MailboxName target = MailboxName::from_utf8("Ablage");
    UidSet one{Uid{4}};
    MoveReport report = co_await safe_move(client, one, target);
    EXPECT_EQ(report.messages.at(0).new_uid, Uid{11});
    EXPECT_EQ(client.selected()->exists, 0u);
  });
}

TEST(Rev2, has_to_be_enabled_beside_rev1) {
  play("rev2_enable.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    EXPECT_FALSE(client.can("MOVE"));
    EXPECT_EQ(client.literal_style(), LiteralStyle::synchronizing);
    auto listing = list(client, "", "*");
    std::vector<ListedFolder> before = co_await listing.result();
    EXPECT_EQ(before.at(0).name.utf8(), "Größe & mehr");
    std::vector<std::string> words = co_await enabled_of(client, {"IMAP4rev2"});
    EXPECT_THAT(words, ElementsAre("IMAP4rev2"));
    EXPECT_FALSE(client.is_enabled("CONDSTORE"));  // said without being asked
    EXPECT_TRUE(client.is_enabled("imap4rev2"));
    EXPECT_TRUE(client.can("MOVE"));
    EXPECT_EQ(client.literal_style(), LiteralStyle::minus);
    client.capabilities().remove("MOVE");
    EXPECT_FALSE(client.can("MOVE"));
    auto again = list(client, "", "*");
    std::vector<ListedFolder> after = co_await again.result();
    EXPECT_EQ(after.at(0).name.wire(), "Gr&APYA3w-e");  // keys stay what they were
    EXPECT_EQ(after.at(1).name.utf8(), "A & B");
    auto counting = status(client, after.at(1).name, {.size = true, .deleted = true});
    FolderStatus counts = co_await counting.result();
    EXPECT_EQ(counts.size, 700u);
    EXPECT_EQ(counts.deleted, 2u);
  });
}

TEST(Enable, utf8_names_quotes_and_append) {
  play("utf8_accept.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    std::vector<std::string> words = co_await enabled_of(client, {"UTF8=ACCEPT", "QRESYNC"});
    EXPECT_THAT(words, ElementsAre("UTF8=ACCEPT"));  // QRESYNC is not offered, and not asked for
    EXPECT_TRUE(client.takes_utf8());
    auto listing = list(client, "", "*");
    std::vector<ListedFolder> folders = co_await listing.result();
    EXPECT_EQ(folders.at(0).name, MailboxName::from_utf8("Entwürfe"));
    base::StringSource message("Subject: ü\r\n\r\n");
    AppendOptions options{.flags = {"\\Seen"}, .headers = HeaderText::utf8};
    auto storing = append(client, folders.at(0).name, message, options);
    Appended stored = co_await storing.result();
    EXPECT_EQ(stored.uid, Uid{5});
    SearchCriteria criteria(client.command_style());
    criteria.subject("ü");
    auto search = uid_search(client, criteria);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids, UidSet{Uid{5}});
  });
}

TEST(Enable, utf8_append_waits_for_its_literal) {
  play("utf8_append_waits.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    std::vector<std::string> words = co_await enabled_of(client, {"UTF8=ACCEPT"});
    EXPECT_THAT(words, ElementsAre("UTF8=ACCEPT"));
    const MailboxName inbox = MailboxName::from_wire("INBOX");
    base::StringSource message("Subject: ü\r\n\r\n");
    AppendOptions options{.headers = HeaderText::utf8};
    auto storing = append(client, inbox, message, options);
    co_await storing.result();
  });
}

TEST(Enable, sends_nothing_for_what_is_not_offered) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE] ready\n", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    std::vector<std::string> words =
        co_await enabled_of(client, {"UTF8=ACCEPT", "QRESYNC", "A\r\nB", ""});
    EXPECT_TRUE(words.empty());
  });
}

TEST(Enable, a_refusal_enables_nothing) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE CONDSTORE] ready
    C: A1 ENABLE CONDSTORE
    S: A1 BAD unknown command
    C: A2 NOOP
    S: A2 OK
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              std::vector<std::string> words = co_await enabled_of(client, {"CONDSTORE"});
              EXPECT_TRUE(words.empty());
              EXPECT_FALSE(client.is_enabled("CONDSTORE"));
              auto asking = noop(client);
              co_await asking.result();
            });
}

Task<void> append_letters(Client& client, std::size_t size) {
  const MailboxName inbox = MailboxName::from_wire("INBOX");
  base::StringSource message(std::string(size, 'a'));
  auto storing = append(client, inbox, message);
  co_await storing.result();
}

TEST(Literals, minus_waits_above_4096_bytes) {
  play("literal_minus.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    co_await append_letters(client, 4096);
    co_await append_letters(client, 4097);
  });
}

TEST(Literals, every_command_honours_the_style) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 LITERAL+] ready
    C: A1 STATUS {6+}
    C- a\r\nb\xC3\xBC (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)\r\n
    S: A1 NO [NONEXISTENT] no
    C: A2 UID COPY 1 {6+}
    C- a\r\nb\xC3\xBC\r\n
    S: A2 NO [TRYCREATE] no
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              const MailboxName odd = MailboxName::from_wire("a\r\nb\xC3\xBC");
              std::string code;
              try {
                auto counting = status(client, odd);
                co_await counting.result();
              } catch (const base::Error& error) {
                code = error.code();
              }
              EXPECT_EQ(code, "imap.no_such_folder");
              UidSet one{Uid{1}};
              auto copying = uid_copy(client, one, odd);
              CopyResult copied = co_await copying.result();
              EXPECT_EQ(copied.refused, one);
            });
}

TEST(Capabilities, keep_what_was_removed_when_they_are_said_again) {
  Capabilities said("IMAP4rev1 IMAP4rev2 MOVE");
  said.remove("imap4REV2");
  said.say_anew("IMAP4rev1 IMAP4rev2 UIDPLUS");
  EXPECT_EQ(said.to_string(), "IMAP4rev1 UIDPLUS");
}

TEST(Alerts, are_shown_once_signed_in_and_not_twice) {
  play_text(R"(
    S: * OK [ALERT] Maintenance at noon
    C: A1 NOOP
    S: * OK [ALERT] Maintenance at one
    S: A1 OK done
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              EXPECT_EQ(client.shown_alert(), "") << "the error of a sign-in would have it";
              client.show_alerts({});
              EXPECT_EQ(client.shown_alert(), "Maintenance at noon");
              auto asking = noop(client);
              co_await asking.result();
              EXPECT_EQ(client.shown_alert(), "Maintenance at one");
            });
}

}  // namespace
}  // namespace postroom::imap
