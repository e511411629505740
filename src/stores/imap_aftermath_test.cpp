// Moves, copies and appends whose connection was lost before the answer: no mail is removed that
// was not copied, and nothing is said to be done that nobody knows.
#include "stores/imap_aftermath.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "stores/open_store.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::stores {
namespace {

class NoSecretsToTell final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource&, std::string_view) const override { return {}; }
};

class AtOnce final : public Recovery {
 public:
  base::Task<void> wait_after(base::Error error) override {
    if (++waits > 3) throw error;
    co_return;
  }
  void progressed() noexcept override {}
  void note(std::string) override {}
  int waits = 0;
};

std::string fetched(unsigned uid, unsigned size) {
  return fmt::format(
      "S- * {0} FETCH (UID {0} RFC822.SIZE {1} BODY[HEADER.FIELDS (MESSAGE-ID)] "
      "{{24}}\\r\\nMessage-ID: <same@x>\\r\\n\\r\\n)\\r\\n\n",
      uid, size);
}

class Aftermath : public testing::Test {
 protected:
  // What follows SELECT of the folder, on the first connection.
  std::unique_ptr<mailbox::Folder> open(const std::string& abilities, const std::string& script) {
    account_.endpoint = {"imap.example.com", 993, account::Tls::implicit};
    account_.auth.mode = account::AuthMode::none;
    connect(abilities, select("A1") + script);
    const ConnectContext context{secrets_, base::system_clock(), connector_, &at_once_};
    store_ = net::run(open_store(account_, context));
    return net::run(store_->open("Inbox", mailbox::Access::read_write));
  }
  void connect(const std::string& abilities, const std::string& script) {
    peers_.push_back(
        connector_.add("S: * PREAUTH [CAPABILITY IMAP4rev1 " + abilities + "] ready\n" + script));
  }
  static std::string select(const std::string& tag) {
    return fmt::format(
        "C: {0} SELECT INBOX\nS: * 2 EXISTS\nS: * OK [UIDVALIDITY 7] ok\nS: {0} OK [READ-WRITE] "
        "ok\n",
        tag);
  }
  static std::string examine_bills(const std::string& tag, unsigned uid_next) {
    return fmt::format(
        "C: {0} EXAMINE \"Bills\"\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 9] ok\n"
        "S: * OK [UIDNEXT {1}] ok\nS: {0} OK [READ-ONLY] ok\n",
        tag, uid_next);
  }
  void expect_played() const {
    for (const auto& peer : peers_) EXPECT_EQ(peer->remaining(), "");
    EXPECT_EQ(connector_.unused(), 0u);
  }
  static constexpr const char* marked = R"(
      C: A2 LIST "" "*"
      S: * LIST () "/" "INBOX"
      S: * LIST () "/" "Bills"
      S: A2 OK done
      C: A3 STATUS "Bills" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
      S: * STATUS "Bills" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 9)
      S: A3 OK done
  )";
  static constexpr const char* unmarked = R"(
      C: A2 LIST "" "*"
      S: * LIST () "/" "INBOX"
      S: * LIST () "/" "Bills"
      S: A2 OK done
      C: A3 STATUS "Bills" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
      S: A3 NO not that one
  )";

  account::Account account_;
  NoSecretsToTell secrets_;
  AtOnce at_once_;
  test::ScriptedConnector connector_;
  std::vector<std::shared_ptr<test::ScriptedPeer>> peers_;
  std::unique_ptr<mailbox::Store> store_;
  const mailbox::MessageSet both_{{"Inbox:7:1"}, {"Inbox:7:2"}};
};

TEST_F(Aftermath, WhatAServerThatMovesHasStillIsMovedAgain) {
  auto folder = open("UIDPLUS MOVE", std::string(marked) + R"(
      C: A4 UID MOVE 1:2 "Bills"
      CUT
  )");
  connect("UIDPLUS MOVE", select("A1") + "C~ A2 UID FETCH 1:2 *\n" + fetched(2, 200) +
                              "S: A2 OK done\n" + examine_bills("A3", 2) + "C~ A4 UID FETCH 1 *\n" +
                              fetched(1, 200) + "S: A4 OK done\n" + select("A5") + R"(
      C: A6 UID MOVE 2 "Bills"
      S: A6 OK [COPYUID 9 2 2] done
  )");
  const auto outcomes = net::run(folder->moving()->move(both_, "Bills"));
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_FALSE(outcomes[1].error);
  EXPECT_EQ(outcomes[1].new_key.value().text, "Bills:9:2");
  expect_played();
}

TEST_F(Aftermath, AnArrivalOfAnotherSizeIsAnotherMessage) {
  auto folder = open("UIDPLUS", std::string(marked) + R"(
      C: A4 UID COPY 1:2 "Bills"
      CUT
  )");
  connect("UIDPLUS", select("A1") + "C~ A2 UID FETCH 1:2 *\n" + fetched(1, 100) + fetched(2, 200) +
                         "S: A2 OK done\n" + examine_bills("A3", 2) + "C~ A4 UID FETCH 1 *\n" +
                         fetched(1, 200) + "S: A4 OK done\n" + select("A5") + R"(
      C: A6 UID STORE 2 +FLAGS.SILENT (\Deleted)
      C: A7 UID EXPUNGE 2
      S: A6 NO not flagged
      S: A7 OK nothing to do
      C: A8 UID COPY 1 "Bills"
      S: A8 OK [COPYUID 9 1 2] done
      C: A9 UID STORE 1 +FLAGS.SILENT (\Deleted)
      C: A10 UID EXPUNGE 1
      S: A9 OK done
      S: A10 OK done
  )");
  const auto outcomes = net::run(folder->moving()->move(both_, "Bills"));
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_EQ(outcomes[0].new_key.value().text, "Bills:9:2");
  EXPECT_EQ(outcomes[1].new_key.value().text, "Bills:9:1");
  EXPECT_TRUE(outcomes[1].error) << "a refused STORE leaves it in its folder";
  expect_played();
}

TEST_F(Aftermath, AnArrivalThatIsKnownCountsForNobodyElse) {
  auto folder = open("UIDPLUS", std::string(marked) + R"(
      C: A4 UID COPY 1:2 "Bills"
      S: * OK [COPYUID 9 1 1] one
      S: A4 NO Request is throttled
      C: A5 UID STORE 1 +FLAGS.SILENT (\Deleted)
      C: A6 UID EXPUNGE 1
      S: A5 OK done
      S: A6 OK done
      C~ A7 UID FETCH 2 *
  )" + fetched(2, 200) + "S: A7 OK done\n" +
                                    examine_bills("A8", 2) + "C~ A9 UID FETCH 1 *\n" +
                                    fetched(1, 200) + "S: A9 OK done\n" + select("A10") + R"(
      C: A11 UID COPY 2 "Bills"
      S: A11 OK [COPYUID 9 2 2] done
      C: A12 UID STORE 2 +FLAGS.SILENT (\Deleted)
      C: A13 UID EXPUNGE 2
      S: A12 OK done
      S: A13 OK done
  )");
  const auto outcomes = net::run(folder->moving()->move(both_, "Bills"));
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_EQ(outcomes[0].new_key.value().text, "Bills:9:1");
  EXPECT_EQ(outcomes[1].new_key.value().text, "Bills:9:2");
  expect_played();
}

TEST_F(Aftermath, ACopyThatNobodyCanFindIsInDoubt) {
  auto folder = open("UIDPLUS", std::string(unmarked) + R"(
      C: A4 UID COPY 1 "Bills"
      CUT
  )");
  connect("UIDPLUS", select("A1") + "C~ A2 UID FETCH 1 *\n" + fetched(1, 100) + "S: A2 OK done\n" +
                         "C: A3 EXAMINE \"Bills\"\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 9] ok\n"
                         "S: * OK [UIDNEXT 6] ok\nS: A3 OK [READ-ONLY] ok\n" +
                         select("A4"));
  const auto outcomes = net::run(folder->moving()->copy({{"Inbox:7:1"}}, "Bills"));
  ASSERT_EQ(outcomes.size(), 1u);
  ASSERT_TRUE(outcomes[0].error) << "what was always there is no copy";
  EXPECT_EQ(outcomes[0].error->code(), "message.copy_unknown");
  expect_played();
}

TEST_F(Aftermath, AnAppendThatNobodyCanFindIsInDoubt) {
  auto folder = open("UIDPLUS LITERAL+", R"(
      C: A2 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
      S: A2 NO not that one
      CUT
  )");
  connect("UIDPLUS LITERAL+",
          "C: A1 EXAMINE INBOX\nS: * 1 EXISTS\nS: * OK [UIDVALIDITY 7] ok\n"
          "S: * OK [UIDNEXT 6] ok\nS: A1 OK [READ-ONLY] ok\n");
  base::StringSource message("Message-ID: <same@x>\r\n\r\nHi\r\n");
  std::string code;
  try {
    net::run(folder->appending()->append(message, {}, {}));
  } catch (const base::Error& error) {
    code = error.code();
  }
  EXPECT_EQ(code, "message.append_unknown");
  expect_played();
}

TEST_F(Aftermath, WhatDidNotArriveInAnEmptyFolderIsStoredAgain) {
  auto folder = open("UIDPLUS LITERAL+", R"(
      C: A2 STATUS INBOX (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)
      S: * STATUS INBOX (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7)
      S: A2 OK done
      CUT
  )");
  connect("UIDPLUS LITERAL+",
          "C: A1 EXAMINE INBOX\nS: * 0 EXISTS\nS: * OK [UIDVALIDITY 7] ok\n"
          "S: * OK [UIDNEXT 1] ok\nS: A1 OK [READ-ONLY] ok\n"
          "C: A2 APPEND INBOX {28+}\nC: Message-ID: <same@x>\nC:\nC: Hi\nC:\n"
          "S: A2 OK [APPENDUID 7 1] done\n");
  base::StringSource message("Message-ID: <same@x>\r\n\r\nHi\r\n");
  const auto key = net::run(folder->appending()->append(message, {}, {}));
  EXPECT_EQ(key.value().text, "Inbox:7:1");
  expect_played();
}

TEST_F(Aftermath, AListingWithoutItsSavedResultBeginsAgainInItsOrder) {
  auto folder = open("ESEARCH SEARCHRES",
                     "C: A2 UID SEARCH RETURN (SAVE) ALL\n"
                     "C: A3 UID FETCH $ (UID RFC822.SIZE)\n"
                     "S: A2 OK saved\n"
                     "S: * 1 FETCH (UID 1 RFC822.SIZE 100)\nCUT\n");
  connect("ESEARCH SEARCHRES", select("A1") +
                                   "C: A2 UID SEARCH RETURN (ALL) ALL\n"
                                   "S: * ESEARCH (TAG \"A2\") UID ALL 1:2\nS: A2 OK done\n"
                                   "C: A3 UID FETCH 1:2 (UID RFC822.SIZE)\n"
                                   "S: * 1 FETCH (UID 1 RFC822.SIZE 100)\n"
                                   "S: * 2 FETCH (UID 2 RFC822.SIZE 200)\nS: A3 OK done\n");
  mailbox::Want want;
  want.size = true;
  std::vector<std::string> keys;
  auto cursor = net::run(folder->find({}, want, mailbox::Order::newest_first));
  while (auto* page = net::run(cursor->next_page()))
    for (const mailbox::Message& message : *page) keys.push_back(message.key.text);
  EXPECT_EQ(keys, (std::vector<std::string>{"Inbox:7:2", "Inbox:7:1"}));
  expect_played();
}

TEST(ImapNumbering, CountsEachSelectionWhereTheServerKeepsNoUids) {
  test::ScriptedConnector connector;
  auto peer = connector.add(R"(
      S: * PREAUTH [CAPABILITY IMAP4rev1] ready
      C: A1 EXAMINE INBOX
      S: * OK [UIDNOTSTICKY] ok
      S: A1 OK [READ-ONLY] ok
      C: A2 EXAMINE INBOX
      S: * OK [UIDNOTSTICKY] ok
      S: A2 OK [READ-ONLY] ok
  )");
  auto client = std::make_unique<imap::Client>(peer->open());
  net::run(client->read_greeting());
  ImapConnection connection(std::move(client));
  const auto inbox = imap::MailboxName::from_wire("INBOX");
  net::run(connection.select(inbox, imap::Access::read_only));
  const std::string before = connection.numbering();
  net::run(arrivals_in(connection, inbox, {}, 10));
  EXPECT_NE(connection.numbering(), before);
}

}  // namespace
}  // namespace postroom::stores
