// Plays what each row of quirk_table.cpp points to.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "imap/client/transcript_fixture.hpp"
#include "imap/quirk_table.hpp"

namespace postroom::imap {
namespace {

using testing::ElementsAre;

Quirks quirks_of(std::string_view greeting, std::string_view capabilities) {
  Quirks quirks;
  add_quirks(quirks, greeting, capabilities);
  return quirks;
}

TEST(QuirkTable, detects_servers_by_what_they_say) {
  EXPECT_TRUE(quirks_of("Coremail System IMap Server Ready(163com)", "").wants_id);
  EXPECT_TRUE(quirks_of("IMAP4 ready", "IMAP4rev1 x-cm-ext-1").wants_id);
  EXPECT_TRUE(quirks_of("QQMail XMIMAP4Server ready", "IMAP4rev1 ID").wants_id);
  EXPECT_TRUE(quirks_of("Gimap ready for requests", "IMAP4rev1 X-GM-EXT-1").labels);
  EXPECT_TRUE(quirks_of("The Microsoft Exchange IMAP4 service is ready.", "").late_refusal);
  EXPECT_EQ(quirks_of("Dovecot ready.", "IMAP4rev1 X-GM-EXT-11"), Quirks{});
  Quirks told{.no_move = true};
  add_quirks(told, "Coremail", "");
  EXPECT_TRUE(told.no_move && told.wants_id);  // what the account said stays
}

TEST(QuirkTable, names_every_field_once) {
  // A field without a row would be a quirk that nobody can read about.
  std::size_t fields = sizeof(Quirks) / sizeof(bool);
  EXPECT_EQ(quirk_table().size(), fields);
  Quirks all;
  for (const QuirkEntry& entry : quirk_table()) {
    EXPECT_FALSE(all.*entry.field) << entry.name;
    all.*entry.field = true;
    EXPECT_EQ(find_quirk(entry.name), &entry);
  }
  EXPECT_EQ(find_quirk("no_such"), nullptr);
}

void expect_shown(std::string_view name, std::string_view transcript) {
  const auto path = std::filesystem::path(POSTROOM_SOURCE_DIR) / "tests/transcripts/imap" /
                    std::string(transcript);
  std::ifstream in(path);
  ASSERT_TRUE(in) << name << ": no " << path;
  std::ostringstream text;
  text << in.rdbuf();
  const bool is_own = transcript.starts_with("quirk_") || transcript.starts_with("tolerance_");
  EXPECT_TRUE(!is_own || text.str().contains(name)) << transcript << " does not name " << name;
}

TEST(QuirkTable, points_to_transcripts_that_show_it) {
  for (const QuirkEntry& entry : quirk_table()) expect_shown(entry.name, entry.transcript);
  for (const ToleranceEntry& entry : tolerance_table()) expect_shown(entry.name, entry.transcript);
}

Task<void> log_in_anew(Client& client, std::string_view user = "u") {
  co_await client.read_greeting();
  co_await fetch_capabilities(client);
  base::Secret password("p");
  auto signing = login(client, user, password);
  co_await signing.result();
  co_await fetch_capabilities(client);
}

// The code of the refusal that `work` ends in; anything that ends the connection goes on.
Task<std::string> refused_with(Task<void> work) {
  try {
    co_await std::move(work);
  } catch (const base::Error& error) {
    if (!error.session_usable()) throw;
    co_return error.code();
  }
  co_return "";
}

Task<void> examine_inbox(Client& client, SelectedFolder* folder) {
  const MailboxName inbox = MailboxName::from_wire("INBOX");
  auto opening = select(client, inbox, Access::read_only);
  *folder = co_await opening.result();
}

TEST(Quirks, wants_id) {
  play("quirk_wants_id.txt", [](Client& client) -> Task<void> {
    co_await log_in_anew(client);
    EXPECT_TRUE(client.quirks().wants_id);
    SelectedFolder folder;
    Task<void> opening = examine_inbox(client, &folder);
    std::string code = co_await refused_with(std::move(opening));
    EXPECT_EQ(code, "imap.unsafe_login");
    auto introducing = id(client, "1.0");
    ServerId server = co_await introducing.result();
    EXPECT_EQ(server.name, "Coremail Imap");
    EXPECT_EQ(server.vendor, "Mailtech");
    co_await examine_inbox(client, &folder);
    EXPECT_EQ(folder.exists, 2u);
    EXPECT_EQ(folder.uid_next, 0u);
  });
}

TEST(Quirks, late_refusal) {
  play("quirk_late_refusal.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    base::Secret password("p");
    auto signing = login(client, "b@example.com", password);
    co_await signing.result();
    EXPECT_TRUE(client.quirks().late_refusal);
    std::string code;
    try {
      auto asking = name_space(client);
      co_await asking.result();
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::auth) throw;
      EXPECT_FALSE(error.session_usable());
      code = error.code();
    }
    EXPECT_EQ(code, "auth.mailbox_refused");
  });
}

TEST(Quirks, size_differs) {
  play("quirk_size_differs.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    EXPECT_TRUE(client.quirks().size_differs);
    FetchItems items{.size = true};
    items.sections = {{""}};
    UidSet one{Uid{3}};
    auto fetching = uid_fetch(client, one, items);
    const wire::FetchData* mail = co_await fetching.next();
    EXPECT_TRUE(mail && mail->size == 9999u && mail->sections.at(0).value.raw == "hello");
    mail = co_await fetching.next();
    EXPECT_EQ(mail, nullptr);
  });
}

TEST(Quirks, expensive_size) {
  play("quirk_expensive_size.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    base::Secret password("p");
    auto signing = login(client, "u", password);
    co_await signing.result();
    co_await fetch_capabilities(client);
    EXPECT_TRUE(client.quirks().expensive_size);
    EXPECT_TRUE(client.can("IMAP4rev1"));
    FetchItems items{.flags = true};
    UidSet one{Uid{4}};
    auto fetching = uid_fetch(client, one, items);
    const wire::FetchData* mail = co_await fetching.next();
    EXPECT_TRUE(mail && mail->has_flag("\\Seen"));
    mail = co_await fetching.next();
    EXPECT_EQ(mail, nullptr);
  });
}

TEST(Quirks, newest_only) {
  play("quirk_newest_only.txt", [](Client& client) -> Task<void> {
    co_await log_in_anew(client);
    EXPECT_TRUE(client.quirks().newest_only);
    EXPECT_FALSE(can_idle(client));
    SelectedFolder folder;
    co_await examine_inbox(client, &folder);
    EXPECT_EQ(folder.exists, 10'000u);
    std::string message;
    try {
      auto asking = noop(client);
      co_await asking.result();
    } catch (const base::Error& error) {
      if (error.code() != "imap.bye") throw;
      EXPECT_TRUE(error.transient());
      message = error.message();
    }
    EXPECT_EQ(message, "the server ended the connection without saying why");
  });
}

Task<void> search_umlaut(Client& client) {
  SearchCriteria criteria(client.command_style());
  criteria.subject("ü");
  auto search = uid_search(client, criteria);
  co_await search.result();
}

TEST(Quirks, ascii_search) {
  play("quirk_ascii_search.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    for (int i = 0; i < 2; ++i) {
      Task<void> searching = search_umlaut(client);
      std::string code = co_await refused_with(std::move(searching));
      EXPECT_EQ(code, "imap.bad_charset");
      EXPECT_TRUE(client.quirks().ascii_search);
    }
    SearchCriteria unseen(client.command_style());
    unseen.unseen();
    auto search = uid_search(client, unseen);
    SearchResult found = co_await search.result();
    EXPECT_EQ(found.uids, UidSet{Uid{4}});
  });
}

Task<void> make_folder(Client& client, std::string_view name) {
  const MailboxName folder = MailboxName::from_utf8(name);
  auto making = create(client, folder);
  co_await making.result();
}

TEST(Quirks, inbox_name_space) {
  play("quirk_inbox_name_space.txt", [](Client& client) -> Task<void> {
    co_await log_in_anew(client);
    EXPECT_TRUE(client.quirks().inbox_name_space);
    EXPECT_FALSE(client.can("UIDPLUS"));
    auto asking = name_space(client);
    PersonalNameSpace spaces = co_await asking.result();
    EXPECT_EQ(spaces.prefix, "INBOX.");
    EXPECT_EQ(spaces.shared.size(), 2u);
    Task<void> making = make_folder(client, "Archive");
    std::string code = co_await refused_with(std::move(making));
    EXPECT_EQ(code, "imap.refused");
    co_await make_folder(client, "INBOX.Archive");
  });
}

TEST(Quirks, labels) {
  play("quirk_labels.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    EXPECT_TRUE(client.quirks().labels);
    SearchCriteria criteria(client.command_style());
    criteria.gmail_raw("has:attachment in:unread");
    auto search = uid_search(client, criteria);
    SearchResult found = co_await search.result();
    FetchItems items{.mail_id = true, .thread_id = true, .labels = true};
    auto fetching = uid_fetch(client, found.uids, items);
    const wire::FetchData* mail = co_await fetching.next();
    EXPECT_TRUE(mail && mail->mail_id == "1278455344230334865" &&
                mail->thread_id == "1266894439832287888");
    if (mail) {
      EXPECT_THAT(labels_of(client, *mail), ElementsAre("\\Inbox", "\\Important", "Größe", "a\"b"));
    }
    mail = co_await fetching.next();
    EXPECT_EQ(mail, nullptr);
    const std::vector<std::string> more{"Größe", "\\Starred"};
    auto adding = uid_store_labels(client, found.uids, FlagChange::add, more);
    SetResult added = co_await adding.result();
    EXPECT_EQ(added.done, found.uids);
    const std::vector<std::string> inbox{"\\Inbox"};
    auto removing = uid_store_labels(client, found.uids, FlagChange::remove, inbox);
    SetResult removed = co_await removing.result();
    EXPECT_FALSE(removed.refusal);
  });
}

TEST(Quirks, no_move) {
  play("quirk_no_move.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    client.quirks().no_move = true;
    const MailboxName done = MailboxName::from_wire("Done");
    UidSet one{Uid{3}};
    MoveReport report = co_await safe_move(client, one, done);
    EXPECT_EQ(report.messages.at(0).fate, MoveFate::moved);
  });
}

TEST(Quirks, no_esearch) {
  play("quirk_no_esearch.txt", [](Client& client) -> Task<void> {
    co_await client.read_greeting();
    client.quirks().no_esearch = true;
    SearchCriteria unseen(client.command_style());
    unseen.unseen();
    auto search = uid_search(client, unseen, SearchReturn::saved);
    SearchResult found = co_await search.result();
    EXPECT_FALSE(found.is_saved);
    EXPECT_EQ(found.uids.to_string(), "2,9");
  });
}

}  // namespace
}  // namespace postroom::imap
