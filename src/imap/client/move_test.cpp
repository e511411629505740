#include "imap/client/move.hpp"

#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

const MailboxName done_folder = MailboxName::from_utf8("Done");

Task<MoveReport> move(Client& client, UidSet uids) {
  co_await client.read_greeting();
  MoveReport report = co_await safe_move(client, uids, done_folder);
  co_return report;
}

TEST(SafeMove, uses_move_where_it_is_offered) {
  play("move.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}, Uid{4}, Uid{5}, Uid{9}});
    EXPECT_EQ(report.target_uid_validity, 77u);
    EXPECT_EQ(report.messages.size(), 4u);
    if (report.messages.size() != 4) co_return;
    EXPECT_EQ(report.messages[0].fate, MoveFate::moved);
    EXPECT_EQ(report.messages[2].new_uid, Uid{13});
    EXPECT_EQ(report.messages[3].fate, MoveFate::absent);
  });
}

TEST(SafeMove, tries_nothing_else_when_move_is_refused) {
  play("move_refused.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}});
    EXPECT_EQ(report.messages.at(0).fate, MoveFate::not_copied);
    EXPECT_EQ(report.messages.at(0).error.value().kind(), base::ErrorKind::not_found);
    EXPECT_TRUE(client.is_usable());
  });
}

TEST(SafeMove, removes_exactly_what_copyuid_confirmed) {
  play("move_by_copy.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}, Uid{4}, Uid{5}});
    EXPECT_EQ(report.messages.at(0).fate, MoveFate::moved);
    EXPECT_EQ(report.messages.at(0).new_uid, Uid{12});
    EXPECT_EQ(report.messages.at(1).fate, MoveFate::absent);
    EXPECT_EQ(report.messages.at(2).fate, MoveFate::moved);
    EXPECT_EQ(report.messages.at(2).new_uid, Uid{13});
  });
}

TEST(SafeMove, deletes_nothing_when_the_copy_is_refused) {
  play("move_copy_refused.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}, Uid{4}, Uid{5}});
    EXPECT_EQ(report.messages.size(), 3u);
    for (const MovedMessage& message : report.messages) {
      EXPECT_EQ(message.fate, MoveFate::not_copied);
      EXPECT_EQ(message.error.value().code(), "imap.over_quota");
    }
  });
}

TEST(SafeMove, says_so_when_the_old_message_stays) {
  play("move_store_refused.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}});
    EXPECT_EQ(report.messages.at(0).fate, MoveFate::not_removed);
    EXPECT_EQ(report.messages.at(0).error.value().code(), "imap.no_permission");
    EXPECT_EQ(report.messages.at(0).new_uid, Uid{12});
  });
}

TEST(SafeMove, only_flags_without_uidplus) {
  play("move_without_uidplus.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}, Uid{4}});
    EXPECT_EQ(report.messages.at(0).fate, MoveFate::flagged);
    EXPECT_EQ(report.messages.at(1).fate, MoveFate::flagged);
    EXPECT_FALSE(report.messages.at(0).new_uid);
  });
}

TEST(SafeMove, only_flags_what_copyuid_did_not_confirm) {
  play("move_without_copyuid.txt", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{Uid{3}});
    EXPECT_EQ(report.messages.at(0).fate, MoveFate::flagged);
  });
}

TEST(SafeMove, does_not_believe_a_copyuid_about_other_messages) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] ready
    C: A1 UID COPY 3 "Done"
    S: A1 OK [COPYUID 77 8 12] copied
  )",
            [](Client& client) -> Task<void> {
              MoveReport report = co_await move(client, UidSet{Uid{3}});
              EXPECT_EQ(report.messages.at(0).fate, MoveFate::absent);
            });
}

TEST(SafeMove, ignores_a_copyuid_whose_sets_do_not_match) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] ready
    C: A1 UID COPY 3:4 "Done"
    S: A1 OK [COPYUID 77 3:4 12] copied
    C: A2 UID STORE 3:4 +FLAGS.SILENT (\Deleted)
    S: A2 OK stored
  )",
            [](Client& client) -> Task<void> {
              MoveReport report = co_await move(client, UidSet{Uid{3}, Uid{4}});
              EXPECT_EQ(report.messages.at(0).fate, MoveFate::flagged);
            });
}

TEST(SafeMove, sends_nothing_for_no_messages) {
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1 MOVE] ready", [](Client& client) -> Task<void> {
    MoveReport report = co_await move(client, UidSet{});
    EXPECT_TRUE(report.messages.empty());
  });
}

}  // namespace
}  // namespace postroom::imap
