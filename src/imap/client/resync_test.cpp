// CONDSTORE and QRESYNC.
#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

TEST(Condstore, reads_mod_sequences_and_conditional_stores) {
  play("condstore.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    const MailboxName inbox = MailboxName::from_wire("INBOX");
    auto opening = select_with_modseq(client, inbox, Access::read_write);
    SelectedFolder folder = co_await opening.result();
    EXPECT_EQ(folder.highest_modseq, 715194045007u);
    FetchItems items{.flags = true, .modseq = true, .changed_since = 12345, .vanished = true};
    UidSet asked;
    asked.add(UidRange{Uid{1}, Uid{9}});
    auto listing = uid_fetch(client, asked, items);
    const wire::FetchData* mail = co_await listing.next();
    EXPECT_TRUE(mail && mail->uid == Uid{4} && mail->modseq == 65402u);
    mail = co_await listing.next();
    EXPECT_TRUE(mail && mail->uid == Uid{6} && mail->modseq == 75403u);
    mail = co_await listing.next();
    EXPECT_EQ(mail, nullptr);
    const std::vector<std::string> flags{"\\Flagged"};
    UidSet both{Uid{4}, Uid{6}};
    auto storing = uid_store(client, both, FlagChange::add, flags, {.unchanged_since = 65403});
    SetResult stored = co_await storing.result();
    EXPECT_EQ(stored.done, UidSet{Uid{4}});
    EXPECT_EQ(stored.modified, UidSet{Uid{6}});
    SearchCriteria criteria(client.command_style());
    criteria.modified_since(620162338);
    auto search = uid_search(client, criteria);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids, both);
    EXPECT_EQ(found.highest_modseq, 917162500u);
    const MailboxName old = MailboxName::from_wire("Old");
    auto reopening = select_with_modseq(client, old, Access::read_write);
    folder = co_await reopening.result();
    EXPECT_EQ(folder.highest_modseq, 0u);
  });
}

TEST(Condstore, an_unreadable_modified_confirms_nothing) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 CONDSTORE] ready
    C: A1 UID STORE 4 (UNCHANGEDSINCE 9) -FLAGS.SILENT (\Seen)
    S: A1 OK [MODIFIED x] hm
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              const std::vector<std::string> flags{"\\Seen"};
              UidSet one{Uid{4}};
              auto storing =
                  uid_store(client, one, FlagChange::remove, flags, {.unchanged_since = 9});
              SetResult stored = co_await storing.result();
              EXPECT_TRUE(stored.done.empty());
              EXPECT_EQ(stored.modified, one);
            });
}

TEST(Condstore, a_condition_that_cannot_hold_is_refused_here) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1] ready\n", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    const std::vector<std::string> flags{"\\Seen"};
    UidSet one{Uid{4}};
    std::string code;
    try {
      auto storing = uid_store(client, one, FlagChange::add, flags, {.unchanged_since = 9});
    } catch (const base::Error& error) {
      code = error.code();
    }
    EXPECT_EQ(code, "imap.no_condstore");
    try {
      const MailboxName inbox = MailboxName::from_wire("INBOX");
      auto opening = select_resync(client, inbox, Access::read_only, ResyncPoint{1, 1, {}});
    } catch (const base::Error& error) {
      code = error.code();
    }
    EXPECT_EQ(code, "imap.no_qresync");
  });
}

Task<void> enable_qresync(Client& client) {
  co_await client.read_greeting();
  auto enabling = enable(client, {"QRESYNC"});
  co_await enabling.result();
}

TEST(Qresync, tells_what_changed_and_what_went) {
  play("qresync.txt", [](Client& client) -> Task<void> {
    co_await enable_qresync(client);
    EXPECT_TRUE(client.is_enabled("CONDSTORE"));
    ResyncPoint point{.uid_validity = 67890007, .modseq = 20050715194045000, .known = {Uid{41}}};
    point.known.add(UidRange{Uid{43}, Uid{211}});
    const MailboxName inbox = MailboxName::from_wire("INBOX");
    auto opening = select_resync(client, inbox, Access::read_write, point);
    Resynced resynced = co_await opening.result();
    EXPECT_TRUE(resynced.is_answered);
    EXPECT_EQ(resynced.vanished.size(), 75u);
    EXPECT_EQ(resynced.changed.size(), 1u);
    EXPECT_EQ(resynced.changed.at(0).uid, Uid{117});
    EXPECT_EQ(resynced.changed.at(0).modseq, 20060115194045001u);
    EXPECT_EQ(resynced.folder.exists, 100u);
    FetchItems items{.flags = true, .changed_since = 20060115194045001, .vanished = true};
    UidSet asked;
    asked.add(UidRange{Uid{300}, Uid{500}});
    auto listing = uid_fetch(client, asked, items);
    const wire::FetchData* mail = co_await listing.next();
    EXPECT_TRUE(mail && mail->uid == Uid{404});
    mail = co_await listing.next();
    EXPECT_EQ(mail, nullptr);
    EXPECT_EQ(listing.vanished().to_string(), "300:310,405,411");
    EXPECT_EQ(client.selected()->exists, 100u);  // EARLIER counts nothing
    auto asking = noop(client);
    co_await asking.result();
    EXPECT_EQ(client.selected()->exists, 98u);
    EXPECT_EQ(client.selected()->highest_modseq, 20060115205545500u);
  });
}

TEST(Qresync, a_new_uid_validity_answers_nothing) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE QRESYNC] ready
    C: A1 ENABLE QRESYNC
    S: * ENABLED QRESYNC
    S: A1 OK enabled
    C: A2 EXAMINE INBOX (QRESYNC (7 1))
    S: * 100 EXISTS
    S: * OK [UIDVALIDITY 8] v
    S: * OK [HIGHESTMODSEQ 5] h
    S: * 1 FETCH (UID 1 FLAGS () MODSEQ (5))
    S: A2 OK [READ-ONLY] selected
    C: A3 EXAMINE "Other" (QRESYNC (9 3))
    S: * VANISHED (EARLIER) 1:5
    S: * OK [CLOSED] what came before was the other folder's
    S: * 2 EXISTS
    S: * OK [UIDVALIDITY 9] v
    S: * OK [HIGHESTMODSEQ 6] h
    S: * VANISHED (EARLIER) x:y
    S: A3 OK [READ-ONLY] selected
  )",
            [](Client& client) -> Task<void> {
              co_await enable_qresync(client);
              const MailboxName inbox = MailboxName::from_wire("INBOX");
              auto opening = select_resync(client, inbox, Access::read_only, ResyncPoint{7, 0, {}});
              Resynced resynced = co_await opening.result();
              EXPECT_FALSE(resynced.is_answered);
              EXPECT_TRUE(resynced.changed.empty());
              const MailboxName other = MailboxName::from_wire("Other");
              auto again = select_resync(client, other, Access::read_only, ResyncPoint{9, 3, {}});
              resynced = co_await again.result();
              EXPECT_FALSE(resynced.is_answered);  // a set that cannot be read
              EXPECT_TRUE(resynced.vanished.empty());
            });
}

}  // namespace
}  // namespace postroom::imap
