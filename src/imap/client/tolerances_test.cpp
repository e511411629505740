// Plays the tolerance rows of quirk_table.cpp.
#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

TEST(Tolerances, texts_letters_and_spaces) {
  play("tolerance_texts.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    co_await fetch_capabilities(client);
    EXPECT_EQ(client.capabilities().sasl_mechanisms().size(), 1u);
    base::Secret password("p");
    auto signing = login(client, "u", password);
    co_await signing.result();
    co_await fetch_capabilities(client);  // the OK has said it
    EXPECT_TRUE(client.can("MOVE"));
    const MailboxName inbox = MailboxName::from_wire("INBOX");
    auto opening = select(client, inbox, Access::read_write);
    SelectedFolder folder = co_await opening.result();
    EXPECT_EQ(folder.exists, 12u);
    EXPECT_EQ(folder.uid_validity, 77u);
    EXPECT_EQ(folder.uid_next, 0u);
    EXPECT_EQ(folder.flags, "\\Answered \\Seen \\*");
    FetchItems items{.flags = true};
    UidSet one{Uid{5}};
    auto fetching = uid_fetch(client, one, items);
    const wire::FetchData* mail = co_await fetching.next();
    EXPECT_TRUE(mail && mail->has_flag("\\Seen"));
    mail = co_await fetching.next();
    EXPECT_EQ(mail, nullptr);
    auto asking = noop(client);
    co_await asking.result();
    EXPECT_EQ(client.slowed(), 2u);
  });
}

TEST(Tolerances, search_in_pieces) {
  play("tolerance_search.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    SearchCriteria all(client.command_style());
    auto search = uid_search(client, all);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids.to_string(), "266,304");
  });
}

TEST(Tolerances, sections_and_unasked_replies) {
  play("tolerance_sections.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    FetchItems sizes{.size = true};
    UidSet asked;
    asked.add(UidRange{Uid{58}, Uid{60}});
    auto listing = uid_fetch(client, asked, sizes);
    const wire::FetchData* mail = co_await listing.next();
    EXPECT_TRUE(mail && mail->uid == Uid{58} && mail->size == 100u);
    mail = co_await listing.next();
    EXPECT_EQ(mail, nullptr);

    FetchItems shapes{.structure = true};
    UidSet two{Uid{58}, Uid{59}};
    auto shaping = uid_fetch(client, two, shapes);
    mail = co_await shaping.next();
    EXPECT_TRUE(mail && mail->uid == Uid{59});
    mail = co_await shaping.next();
    EXPECT_EQ(mail, nullptr);
    EXPECT_EQ(shaping.unreadable(), UidSet{Uid{58}});
    EXPECT_EQ(client.unreadable(), 3u);

    for (std::string_view section : {"1", ""}) {
      FetchItems parts;
      parts.sections = {{std::string(section)}};
      UidSet one{Uid{59}};
      auto reading = uid_fetch(client, one, parts);
      mail = co_await reading.next();
      EXPECT_TRUE(mail && !mail->sections.at(0).value.is_nil());
      if (mail) EXPECT_EQ(mail->sections.at(0).value.raw, section.empty() ? "hello" : "");
      mail = co_await reading.next();
      EXPECT_EQ(mail, nullptr);
    }
  });
}

TEST(Tolerances, structures_of_broken_mail) {
  play("tolerance_structure.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    FetchItems items{.structure = true};
    UidSet asked;
    asked.add(UidRange{Uid{1}, Uid{8}});
    auto listing = uid_fetch(client, asked, items);
    const std::size_t counts[] = {3, 4, 1, 3, 1};
    for (std::uint32_t uid = 3; uid <= 7; ++uid) {
      const wire::FetchData* mail = co_await listing.next();
      EXPECT_TRUE(mail && mail->uid == Uid{uid}) << uid;
      if (!mail) co_return;
      const auto& parts = mail->structure.parts;
      EXPECT_EQ(parts.size(), counts[uid - 3]) << uid;
      if (uid == 3) {
        EXPECT_TRUE(parts.at(2).is_multipart);
        EXPECT_EQ(parts.at(0).subtype.raw, "mixed");
      }
      if (uid == 4) {
        EXPECT_TRUE(parts.at(2).holds_message);
        EXPECT_EQ(parts.at(2).lines, 51u);
        EXPECT_TRUE(parts.at(3).is_multipart);
      }
      if (uid == 5) {
        EXPECT_EQ(parts.at(0).size, 9'373'600u);
        EXPECT_EQ(parts.at(0).encoding.raw, "base64");
        EXPECT_TRUE(parts.at(0).disposition.is("attachment"));
      }
      if (uid == 6) EXPECT_TRUE(parts.at(2).is_multipart);
    }
    const wire::FetchData* end = co_await listing.next();
    EXPECT_EQ(end, nullptr);
    // Parts that are not described may be attachments: the message itself is read instead.
    EXPECT_EQ(listing.unreadable().to_string(), "1:2,8");
  });
}

std::string addresses_of(std::string_view list) {
  std::string out;
  wire::for_each_address(list, [&](const wire::Address& address) {
    out += address.mailbox.to_string() + "@" + address.host.to_string() + " ";
  });
  return out;
}

TEST(Tolerances, envelopes_of_broken_mail) {
  play("tolerance_envelope.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    FetchItems items{.envelope = true};
    UidSet asked;
    asked.add(UidRange{Uid{1}, Uid{5}});
    auto listing = uid_fetch(client, asked, items);
    for (std::uint32_t uid = 1; uid <= 5; ++uid) {
      const wire::FetchData* mail = co_await listing.next();
      EXPECT_TRUE(mail && mail->uid == Uid{uid} && mail->envelope) << uid;
      if (!mail || !mail->envelope) co_return;
      const wire::Envelope& envelope = *mail->envelope;
      if (uid == 1) {
        EXPECT_EQ(addresses_of(envelope.from), "10000@qq.com ");
        EXPECT_TRUE(envelope.message_id.is_nil());
      }
      if (uid == 2) EXPECT_EQ(envelope.message_id.to_string(), "<\"abc\"@icloud.com>");
      if (uid == 3) EXPECT_EQ(envelope.subject.raw, "Domino");
      if (uid == 4) {
        EXPECT_EQ(addresses_of(envelope.from), "user@example.com ");
        EXPECT_EQ(addresses_of(envelope.to), "@ ");
        EXPECT_TRUE(envelope.sender.empty());
      }
      if (uid == 5) EXPECT_TRUE(envelope.subject.is_nil());
    }
    const wire::FetchData* end = co_await listing.next();
    EXPECT_EQ(end, nullptr);
    EXPECT_EQ(client.unreadable(), 0u);
  });
}

TEST(Tolerances, odd_folder_names) {
  play("tolerance_list.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    auto listing = list(client, "", "*");
    std::vector<ListedFolder> folders = co_await listing.result();
    EXPECT_EQ(folders.size(), 4u);
    EXPECT_EQ(folders.at(0).delimiter, '\0');
    EXPECT_EQ(folders.at(1).name.utf8(), "Entwürfe");
    EXPECT_EQ(folders.at(2).name.utf8(), "Archive");
    EXPECT_EQ(folders.at(3).name.utf8(), "Caf\xEF\xBF\xBD");
    auto opening = select(client, folders.at(1).name, Access::read_only);
    co_await opening.result();
  });
}

TEST(Tolerances, xlist) {
  play("tolerance_xlist.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    auto listing = list(client, "", "*");
    std::vector<ListedFolder> folders = co_await listing.result();
    EXPECT_EQ(folders.size(), 5u);
    EXPECT_TRUE(folders.at(0).has("\\Drafts"));
    EXPECT_TRUE(folders.at(2).has("\\Junk"));
    EXPECT_TRUE(folders.at(3).name.is_inbox());
    EXPECT_TRUE(folders.at(4).has("\\All"));
  });
}

TEST(Tolerances, id) {
  play("tolerance_id.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    auto first = id(client, "1.0");
    ServerId server = co_await first.result();
    EXPECT_EQ(server.name, "ProtonMail");
    EXPECT_EQ(server.vendor, "Proton Technologies AG");
    auto second = id(client, "1.0");
    server = co_await second.result();
    EXPECT_EQ(server.name, "");
    auto asking = noop(client);
    co_await asking.result();
  });
}

// A literal that is longer than it said leaves mail where replies belong: the connection is given
// up, and no byte of it is taken for a reply.
TEST(Tolerances, a_lying_literal_ends_the_connection) {
  std::string code;
  try {
    play_text(R"(
      S: * PREAUTH [CAPABILITY IMAP4rev1] ready
      C: A1 UID FETCH 1 (UID BODY.PEEK[])
      S: * 1 FETCH (UID 1 BODY[] {5}
      S: hello
      S: and more)
      S: A1 OK done
    )",
              [](Client& client) -> Task<void> {
                co_await client.read_greeting();
                FetchItems items;
                items.sections = {{""}};
                UidSet one{Uid{1}};
                auto reading = uid_fetch(client, one, items);
                while (co_await reading.next()) {
                }
              });
  } catch (const base::Error& error) {
    code = error.code();
    EXPECT_FALSE(error.session_usable());
  }
  EXPECT_EQ(code, "imap.garbage");
}

}  // namespace
}  // namespace postroom::imap
