#include "imap/client/commands.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imap/client/transcript_fixture.hpp"

namespace postroom::imap {
namespace {

using testing::ElementsAre;

struct CountingSink final : base::ByteSink {
  void write(std::string_view bytes) override {
    size += bytes.size();
    largest = std::max(largest, bytes.size());
  }
  std::size_t size = 0;
  std::size_t largest = 0;
};

TEST(UidFetch, streams_sections_to_their_sinks) {
  play("fetch_sections.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    std::map<std::pair<std::uint32_t, std::string>, CountingSink> sinks;
    SectionSink choose = [&](Uid uid, std::string_view section, std::uint64_t) -> base::ByteSink* {
      return &(sinks[{uid.value, std::string(section)}] = CountingSink{});
    };
    FetchItems items;
    items.sections = {{"1"}, {"2"}};
    UidSet both{Uid{7}, Uid{8}};
    auto bodies = uid_fetch(client, both, items, choose);
    std::vector<std::uint32_t> order;
    while (const wire::FetchData* mail = co_await bodies.next()) {
      order.push_back(mail->uid.value().value);
      EXPECT_EQ(mail->sections.size(), 2u);
      for (const auto& section : mail->sections)
        EXPECT_EQ(section.delivery, wire::Delivery::streamed);
    }
    EXPECT_THAT(order, ElementsAre(7u, 8u));
    EXPECT_EQ((sinks[{7, "1"}].size), 5u);
    EXPECT_EQ((sinks[{7, "2"}].size), 200'000u);
    EXPECT_LE((sinks[{7, "2"}].largest), 70'000u);  // never whole in memory
    EXPECT_EQ((sinks[{8, "1"}].size), 2u);
    EXPECT_EQ((sinks[{8, "2"}].size), 100'000u);
  });
}

TEST(UidFetch, runs_ahead_and_keeps_what_comes_early) {
  play("fetch_pipelined.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    FetchItems items{.flags = true, .size = true};
    UidSet early{Uid{1}, Uid{2}};
    UidSet late{Uid{5}};
    auto first = uid_fetch(client, early, items);
    auto second = uid_fetch(client, late, items);
    const wire::FetchData* mail =
        co_await second.next();  // the first one's replies are kept for it
    EXPECT_TRUE(mail && mail->size == 500u && mail->has_flag("\\answered"));
    mail = co_await first.next();
    EXPECT_TRUE(mail && mail->size == 100u && mail->has_flag("\\Seen"));
    mail = co_await first.next();
    EXPECT_TRUE(mail && mail->size == 200u && !mail->has_flag("\\Seen"));
    mail = co_await first.next();
    EXPECT_EQ(mail, nullptr);
    mail = co_await second.next();
    EXPECT_EQ(mail, nullptr);
  });
}

TEST(UidFetch, an_unreadable_reply_costs_that_reply) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 UID FETCH 1:2 (UID RFC822.SIZE)
    S: * 1 FETCH (UID one RFC822.SIZE 100)
    S: * 2 FETCH (UID 2 RFC822.SIZE 200)
    S: A1 OK done
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              FetchItems items{.size = true};
              UidSet both{Uid{1}, Uid{2}};
              auto listing = uid_fetch(client, both, items);
              const wire::FetchData* mail = co_await listing.next();
              EXPECT_TRUE(mail && mail->uid == Uid{2});
              mail = co_await listing.next();
              EXPECT_EQ(mail, nullptr);
              EXPECT_EQ(client.unreadable(), 1u);
            });
}

TEST(UidFetch, names_the_messages_whose_replies_were_unreadable) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 UID FETCH 1:2 (UID BODYSTRUCTURE)
    S: * 1 FETCH (UID 1 BODYSTRUCTURE ("text" "plain" (NIL)
    S: * 2 FETCH (UID 2 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 7 1))
    S: * LIST garbage
    S: A1 OK done
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              FetchItems items{.structure = true};
              UidSet both{Uid{1}, Uid{2}};
              auto listing = uid_fetch(client, both, items);
              const wire::FetchData* mail = co_await listing.next();
              EXPECT_TRUE(mail && mail->uid == Uid{2});
              mail = co_await listing.next();
              EXPECT_EQ(mail, nullptr);
              EXPECT_EQ(listing.unreadable(), (UidSet{Uid{1}}));
            });
}

// Each is a sign of life, so that no time-out would end it.
TEST(Client, ends_a_flood_of_replies_that_nothing_asked_for) {
  std::string script = "S: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: A1 NOOP\n";
  const wire::Limits limits;
  for (std::size_t i = 0; i <= limits.unasked / limits.unasked_status; ++i)
    script += "S: * OK still here\n";
  try {
    play_text(script, [](Client& client) -> Task<void> {
      co_await client.read_greeting();
      auto asking = noop(client);
      co_await asking.result();
    });
    ADD_FAILURE() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "imap.flood");
    EXPECT_FALSE(error.session_usable());
  }
}

TEST(UidFetch, ends_a_flood_of_the_same_message) {
  std::string script =
      "S: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: A1 UID FETCH 1 (UID RFC822.SIZE)\n";
  for (int i = 0; i < 10'020; ++i) script += "S: * 1 FETCH (UID 1 RFC822.SIZE 100)\n";
  try {
    play_text(script, [](Client& client) -> Task<void> {
      co_await client.read_greeting();
      FetchItems items{.size = true};
      UidSet one{Uid{1}};
      auto listing = uid_fetch(client, one, items);
      while (co_await listing.next()) {
      }
    });
    ADD_FAILURE() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "imap.flood");
  }
}

TEST(Append, waits_for_the_go_ahead) {
  play("append.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    base::StringSource message("Subject: x\r\n\r\n");
    AppendOptions options{.flags = {"\\Seen"}};
    MailboxName drafts = MailboxName::from_utf8("Entwürfe");
    auto storing = append(client, drafts, message, options);
    Appended appended = co_await storing.result();
    EXPECT_EQ(appended.uid, Uid{3955});
    EXPECT_EQ(appended.uid_validity, 38505u);
  });
}

TEST(Append, names_a_missing_folder) {
  play("append_literal_plus.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    base::StringSource message("Subject: x\r\n\r\n");
    MailboxName inbox = MailboxName::from_utf8("INBOX");
    auto storing = append(client, inbox, message);
    std::string code;
    try {
      co_await storing.result();
    } catch (const base::Error& error) {
      if (!error.session_usable()) throw;
      code = error.code();
    }
    EXPECT_EQ(code, "imap.no_such_folder");
  });
}

TEST(UidSearch, reads_plain_results) {
  play("search.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    SearchCriteria criteria(client.literal_style());
    criteria.unseen().subject("Größen");
    auto search = uid_search(client, criteria);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids.to_string(), "2:3,84,882");
    SearchCriteria all;
    auto second = uid_search(client, all);
    found = co_await second.result();
    EXPECT_TRUE(found.uids.empty());
  });
}

TEST(UidSearch, leaves_results_at_the_server) {
  play("search_extended.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    SearchCriteria unread;
    unread.unseen();
    auto search = uid_search(client, unread);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids.to_string(), "2,10:12");
    auto saving = uid_search(client, unread, SearchReturn::saved);
    SearchResult saved = co_await saving.result();
    EXPECT_TRUE(saved.is_saved);
    Messages messages = messages_of(std::move(saved));
    std::vector<std::string> seen{"\\Seen"};
    auto storing = uid_store(client, messages, FlagChange::add, seen);
    SetResult stored = co_await storing.result();
    EXPECT_FALSE(stored.refusal);
  });
}

TEST(UidSearch, a_wrong_number_is_an_error) {
  Scenario scenario = [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    SearchCriteria all;
    auto search = uid_search(client, all);
    co_await search.result();
  };
  EXPECT_THROW(play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 UID SEARCH ALL
    S: * SEARCH 1 2x 3
  )",
                         scenario),
               base::Error);
}

TEST(Folders, are_listed_and_counted_in_one_turn) {
  play("folders.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    MailboxName done = MailboxName::from_utf8("Done");
    MailboxName archive = MailboxName::from_utf8("Archiv/2026");
    auto space = name_space(client);
    auto listing = list(client, "", "*");
    auto counting = status(client, done);
    auto creating = create(client, archive);
    auto naming = id(client, "1.0");
    PersonalNameSpace personal = co_await space.result();
    EXPECT_EQ(personal.prefix, "INBOX.");
    EXPECT_EQ(personal.delimiter, '.');
    std::vector<ListedFolder> folders = co_await listing.result();
    EXPECT_EQ(folders.size(), 3u);
    if (folders.size() == 3) {
      EXPECT_TRUE(folders[0].name.is_inbox());
      EXPECT_EQ(folders[1].name.utf8(), "INBOX.Gelöscht");
      EXPECT_TRUE(folders[1].has("\\sent"));
      EXPECT_FALSE(folders[2].is_selectable());
      EXPECT_EQ(folders[2].name.utf8(), "a\"b");
    }
    FolderStatus counts = co_await counting.result();
    EXPECT_EQ(counts.messages, 3u);
    EXPECT_EQ(counts.unseen, 1u);
    std::string code;
    try {
      co_await creating.result();
    } catch (const base::Error& error) {
      if (!error.session_usable()) throw;
      code = error.code();
    }
    EXPECT_EQ(code, "imap.already_exists");
    ServerId server = co_await naming.result();
    EXPECT_EQ(server.name, "Dovecot");
  });
}

TEST(Command, a_dropped_handle_is_never_sent) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS] ready
    C: A2 NOOP
    S: A2 OK done
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              UidSet uids{Uid{3}};
              {
                auto removing = uid_expunge(client, uids);
              }
              auto waiting = noop(client);
              co_await waiting.result();
            });
}

TEST(Client, throttling_carries_the_servers_delay) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 NOOP
    S: A1 BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              auto waiting = noop(client);
              std::optional<base::Error> refusal;
              try {
                co_await waiting.result();
              } catch (const base::Error& error) {
                refusal = error;
              }
              EXPECT_EQ(refusal.value().kind(), base::ErrorKind::throttled);
              EXPECT_EQ(refusal.value().retry_after(), std::chrono::milliseconds(299961));
              EXPECT_TRUE(refusal.value().session_usable());
            });
}

TEST(Client, log_out_never_throws) {
  play_text(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 LOGOUT
    S: * BYE bye
    S: A1 OK done
  )",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              co_await log_out(client);
              EXPECT_FALSE(client.is_usable());
            });
  play_text("S: * PREAUTH [CAPABILITY IMAP4rev1] ready\nC: A1 LOGOUT\nCUT",
            [](Client& client) -> Task<void> {
              co_await client.read_greeting();
              co_await log_out(client);
            });
}

}  // namespace
}  // namespace postroom::imap
