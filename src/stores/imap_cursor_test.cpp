// A listing on a server that stumbles over one message: the neighbours must come all the same.
#include "stores/imap_cursor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "stores/open_store.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::stores {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NoSecrets final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource&, std::string_view) const override { return {}; }
};

class Listing : public testing::Test {
 protected:
  // The script goes on behind SELECT.
  std::vector<mailbox::Message> list(const std::string& script, mailbox::Want want) {
    account::Account account;
    account.endpoint = {"imap.example.com", 993, account::Tls::implicit};
    account.auth.mode = account::AuthMode::none;
    NoSecrets secrets;
    test::ScriptedConnector connector;
    auto peer = connector.add(R"(
      S: * PREAUTH [CAPABILITY IMAP4rev1] ready
      C: A1 EXAMINE INBOX
      S: * 3 EXISTS
      S: * OK [UIDVALIDITY 7] ok
      S: A1 OK [READ-ONLY] examined
      C: A2 UID SEARCH ALL
      S: * SEARCH 1 2 3
      S: A2 OK done
    )" + script);
    std::vector<mailbox::Message> all;
    auto store = net::run(open_store(account, {secrets, base::system_clock(), connector}));
    auto folder = net::run(store->open("Inbox", mailbox::Access::read_only));
    auto cursor = net::run(folder->find({}, want, mailbox::Order::oldest_first));
    while (auto* page = net::run(cursor->next_page()))
      std::ranges::move(*page, std::back_inserter(all));
    EXPECT_EQ(peer->remaining(), "");
    return all;
  }
};

std::vector<std::uint64_t> sizes(const std::vector<mailbox::Message>& messages) {
  std::vector<std::uint64_t> all;
  for (const mailbox::Message& message : messages) all.push_back(message.size);
  return all;
}

TEST_F(Listing, ReadsAStructureThatTheServerGarblesFromTheMessage) {
  mailbox::Want want;
  want.size = want.structure = true;
  const auto messages = list(R"(
    C: A3 UID FETCH 1:3 (UID RFC822.SIZE BODYSTRUCTURE)
    S: * 1 FETCH (UID 1 RFC822.SIZE 100 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 7 1))
    S: * 2 FETCH (UID 2 RFC822.SIZE 200 BODYSTRUCTURE (("text" "plain" {0
    S: * 3 FETCH (UID 3 RFC822.SIZE 300 BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 7 1))
    S: A3 OK done
    C: A4 UID FETCH 2 (UID RFC822.SIZE)
    S: * 2 FETCH (UID 2 RFC822.SIZE 200)
    S: A4 OK done
    C: A5 UID FETCH 2 (UID BODY.PEEK[]<0.33554432>)
    S: * 2 FETCH (UID 2 BODY[]<0> "Content-Type: text/html\r\n\r\nHi")
    S: A5 OK done
  )",
                             want);
  EXPECT_THAT(sizes(messages), ElementsAre(100u, 200u, 300u));
  ASSERT_EQ(messages.size(), 3u);
  ASSERT_TRUE(messages[1].structure);
  EXPECT_EQ(messages[1].structure->type, "text");
  EXPECT_THAT(messages[1].warnings, ElementsAre(HasSubstr("unreadably")));
  EXPECT_TRUE(messages[2].warnings.empty());
}

TEST_F(Listing, GivesTheMessageThatTheServerRefusesWithItsRefusal) {
  mailbox::Want want;
  want.size = true;
  const std::string headers =
      "BODY.PEEK[HEADER.FIELDS (Date Subject From Sender Reply-To To Cc Bcc Message-ID In-Reply-To "
      "References)]";
  const auto messages = list(R"(
    C: A3 UID FETCH 1:3 (UID RFC822.SIZE)
    S: * 1 FETCH (UID 1 RFC822.SIZE 100)
    S: A3 NO [SERVERBUG] internal error
    C: A4 UID FETCH 2 (UID RFC822.SIZE)
    S: A4 NO [SERVERBUG] internal error
    C: A5 UID FETCH 2 (UID )" + headers +
                                 R"()
    S: A5 NO [SERVERBUG] internal error
    C: A6 UID FETCH 3 (UID RFC822.SIZE)
    S: * 3 FETCH (UID 3 RFC822.SIZE 300)
    S: A6 OK done
  )",
                             want);
  EXPECT_THAT(sizes(messages), ElementsAre(100u, 0u, 300u));
  ASSERT_EQ(messages.size(), 3u);
  EXPECT_FALSE(messages[0].refusal);
  ASSERT_TRUE(messages[1].refusal);
  EXPECT_EQ(messages[1].refusal->code(), "imap.unavailable");
}

}  // namespace
}  // namespace postroom::stores
