// NAMESPACE, LIST with its extensions, STATUS, object identifiers.
#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

TEST(Listing, reads_all_that_a_rich_server_says) {
  play("listing.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    auto asking = name_space(client);
    PersonalNameSpace spaces = co_await asking.result();
    EXPECT_EQ(spaces.prefix, "");
    EXPECT_EQ(spaces.delimiter, '/');
    EXPECT_EQ(spaces.personal.size(), 2u);
    EXPECT_EQ(spaces.personal.at(1).prefix, "#mh/");
    EXPECT_EQ(spaces.other_users.at(0), (NameSpace{"~", '/'}));
    EXPECT_EQ(spaces.shared.size(), 2u);
    EXPECT_EQ(spaces.shared.at(1), (NameSpace{"#public/", '\0'}));

    ListOptions options{.subscribed_only = true,
                        .recursive_match = true,
                        .subscribed = true,
                        .children = true,
                        .status = StatusItems{.size = true, .highest_modseq = true}};
    auto listing = list(client, "", "*", options);
    std::vector<ListedFolder> folders = co_await listing.result();
    EXPECT_EQ(folders.size(), 3u);
    EXPECT_TRUE(folders.at(0).name.is_inbox());
    EXPECT_EQ(folders.at(0).status.value().messages, 17u);
    EXPECT_EQ(folders.at(0).status.value().size, 8192u);
    EXPECT_EQ(folders.at(0).status.value().highest_modseq, 77u);
    EXPECT_EQ(folders.at(0).status.value().mailbox_id, "F1");
    EXPECT_FALSE(folders.at(1).is_selectable());
    EXPECT_EQ(folders.at(1).child_info, "SUBSCRIBED");
    EXPECT_FALSE(folders.at(1).status);
    EXPECT_EQ(folders.at(2).old_name.value(), MailboxName::from_wire("Archive"));
    EXPECT_TRUE(folders.at(2).has("\\archive"));

    auto counting = status(client, folders.at(2).name, {.size = true});
    FolderStatus counts = co_await counting.result();
    EXPECT_EQ(counts.size, 5u);
    EXPECT_EQ(counts.mailbox_id, "F2");

    auto opening = select(client, folders.at(0).name, Access::read_write);
    SelectedFolder folder = co_await opening.result();
    EXPECT_EQ(folder.mailbox_id, "F1");
    FetchItems items{.mail_id = true, .thread_id = true, .labels = true};
    UidSet both{Uid{5}, Uid{6}};
    auto mails = uid_fetch(client, both, items);
    const wire::FetchData* mail = co_await mails.next();
    EXPECT_TRUE(mail && mail->mail_id == "M6d99ac3275bb4e" && mail->thread_id == "T64b478a75b7ea9");
    mail = co_await mails.next();
    EXPECT_TRUE(mail && mail->mail_id == "M7" && mail->thread_id.empty());
    mail = co_await mails.next();
    EXPECT_EQ(mail, nullptr);
  });
}

// A STATUS that is asked beside a LIST must not be taken for the LIST's.
TEST(Listing, leaves_others_counts_alone) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 LSUB "" "*"
    C: A2 STATUS "Done" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
    S: * LSUB () "." "Done"
    S: * STATUS "Done" (MESSAGES 3)
    S: A1 OK
    S: A2 OK
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              auto listing = list(client, "", "*", {.subscribed_only = true});
              const MailboxName done = MailboxName::from_wire("Done");
              auto counting = status(client, done);
              std::vector<ListedFolder> folders = co_await listing.result();
              FolderStatus counts = co_await counting.result();
              EXPECT_FALSE(folders.at(0).status);
              EXPECT_EQ(counts.messages, 3u);
            });
}

}  // namespace
}  // namespace postroom::imap
