// A session over servers that hang up and slow down: what goes over the wire afterwards.
#include "session/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::session {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class EmptySecrets final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource&, std::string_view) const override { return {}; }
};

class SessionTest : public testing::Test {
 protected:
  Session& open() {
    account::Account account;
    account.session = "s";
    account.mailbox = "me@example.com";
    account.endpoint = {"imap.example.com", 993, account::Tls::implicit};
    account.auth.mode = account::AuthMode::none;
    return *net::run(registry_.connect(std::move(account), Registry::OnLive::refuse));
  }
  Task<void> wait(std::chrono::milliseconds pause) {
    waits_.push_back(pause);
    clock_.advance(pause);
    co_return;
  }

  base::ManualClock clock_;
  EmptySecrets secrets_;
  test::ScriptedConnector connector_;
  std::vector<std::string> notes_;
  std::vector<std::chrono::milliseconds> waits_;
  Registry registry_{{.connect = {secrets_, clock_, connector_},
                      .note = [this](std::string text) { notes_.push_back(std::move(text)); },
                      .wait = [this](std::chrono::milliseconds pause) { return wait(pause); }}};
};

constexpr const char* opening = R"(
  S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE] ready
  C: A1 SELECT INBOX
  S: * 3 EXISTS
  S: * OK [UIDVALIDITY 7] ok
  S: A1 OK [READ-WRITE] selected
)";

TEST_F(SessionTest, AListingGoesOnAtTheMessagesThatHaveNotCome) {
  auto first = connector_.add(std::string(opening) + R"(
    C: A2 UID SEARCH ALL
    S: * SEARCH 1 2 3
    S: A2 OK done
    C: A3 UID FETCH 1:3 (UID RFC822.SIZE)
    S: * 1 FETCH (UID 1 RFC822.SIZE 100)
    S: * 2 FETCH (UID 2 RFC822.SIZE 200)
    CLOSE
  )");
  auto second = connector_.add(std::string(opening) + R"(
    C: A2 UID FETCH 3 (UID RFC822.SIZE)
    S: * 3 FETCH (UID 3 RFC822.SIZE 300)
    S: A2 OK done
  )");
  auto folder = net::run(open().store().open("Inbox", mailbox::Access::read_write));
  mailbox::Want want;
  want.size = true;
  auto cursor = net::run(folder->find({}, want, mailbox::Order::oldest_first));
  std::vector<std::uint64_t> sizes;
  while (auto* page = net::run(cursor->next_page())) {
    for (const auto& message : *page) sizes.push_back(message.size);
  }
  EXPECT_THAT(sizes, ElementsAre(100u, 200u, 300u));
  EXPECT_EQ(first->remaining(), "");
  EXPECT_EQ(second->remaining(), "");
  EXPECT_THAT(waits_, ElementsAre(1s));
  EXPECT_THAT(notes_, Contains("connected again"));
}

TEST_F(SessionTest, AListingOfAFolderThatWasRenumberedMeanwhileSaysSo) {
  connector_.add(std::string(opening) + R"(
    C: A2 UID SEARCH ALL
    S: * SEARCH 1 2 3
    S: A2 OK done
    C: A3 UID FETCH 1:3 (UID RFC822.SIZE)
    CLOSE
  )");
  connector_.add(R"(
    S: * PREAUTH [CAPABILITY IMAP4rev1] ready
    C: A1 SELECT INBOX
    S: * 3 EXISTS
    S: * OK [UIDVALIDITY 8] ok
    S: A1 OK [READ-WRITE] selected
  )");
  auto folder = net::run(open().store().open("Inbox", mailbox::Access::read_write));
  mailbox::Want want;
  want.size = true;
  auto cursor = net::run(folder->find({}, want, mailbox::Order::oldest_first));
  try {
    net::run(cursor->next_page());
    ADD_FAILURE() << "no error";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), "folder.renumbered");
  }
}

TEST_F(SessionTest, ABodyGoesOnBehindTheBytesThatCame) {
  connector_.add(std::string(opening) + R"(
    C: A2 UID FETCH 2 (UID BODY.PEEK[])
    S- * 2 FETCH (UID 2 BODY[] {300000}\r\n
    S* 100000 a
    CLOSE
  )");
  auto second = connector_.add(std::string(opening) + R"(
    C~ A2 UID FETCH 2 (UID BODY.PEEK[]<*.2147483647>)
    S- * 2 FETCH (UID 2 BODY[]<95904> {204096}\r\n
    S* 204096 a
    S: )
    S: A2 OK done
  )");
  auto folder = net::run(open().store().open("Inbox", mailbox::Access::read_write));
  base::StringSink sink;
  try {
    net::run(folder->raw({"Inbox:7:2"}, sink));
    EXPECT_EQ(sink.text, std::string(300'000, 'a'));
  } catch (const base::Error& error) {
    ADD_FAILURE() << error.message() << " after " << sink.text.size() << " bytes";
  }
  EXPECT_EQ(second->remaining(), "");
}

TEST_F(SessionTest, APauseThatTheServerAsksForIsKeptAndTheCommandRepeated) {
  auto peer = connector_.add(std::string(opening) + R"(
    C: A2 UID STORE 1 +FLAGS.SILENT (\Flagged)
    S: A2 NO Request is throttled. Suggested Backoff Time: 299961 milliseconds
    C: A3 UID STORE 1 +FLAGS.SILENT (\Flagged)
    S: A3 OK done
  )");
  auto folder = net::run(open().store().open("Inbox", mailbox::Access::read_write));
  const auto outcomes =
      net::run(folder->flagging()->set_flag({{"Inbox:7:1"}}, mailbox::Flag::flagged, true));
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_THAT(waits_, ElementsAre(299'961ms));
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("asks for a pause until")));
  EXPECT_EQ(peer->remaining(), "");
}

TEST_F(SessionTest, AMoveWhoseAnswerIsLostIsNotRepeatedButLookedFor) {
  const std::string headers =
      "BODY.PEEK[HEADER.FIELDS (Date Subject From Sender Reply-To To Cc Bcc Message-ID In-Reply-To "
      "References)]";
  connector_.add(std::string(opening) + R"(
    C: A2 LIST "" "*"
    S: * LIST () "/" "Done"
    S: A2 OK done
    C~ A3 STATUS "Done" (*)
    S: * STATUS "Done" (UIDNEXT 50 UIDVALIDITY 3)
    S: A3 OK done
    C: A4 UID MOVE 1:2 "Done"
    CLOSE
  )");
  auto second = connector_.add(std::string(opening) + R"(
    C~ A2 UID FETCH 1:2 (UID RFC822.SIZE )" +
                               headers + R"()
    S: * 2 FETCH (UID 2 RFC822.SIZE 9 BODY[HEADER.FIELDS (Date)] "Message-ID: <2@x>\r\n\r\n")
    S: A2 OK done
    C: A3 EXAMINE "Done"
    S: * 51 EXISTS
    S: * OK [UIDVALIDITY 3] ok
    S: * OK [UIDNEXT 51] ok
    S: A3 OK [READ-ONLY] examined
    C~ A4 UID FETCH 50 (UID RFC822.SIZE )" +
                               headers + R"()
    S: * 50 FETCH (UID 50 RFC822.SIZE 9 BODY[HEADER.FIELDS (Date)] "Message-ID: <1@x>\r\n\r\n")
    S: A4 OK done
    C: A5 SELECT INBOX
    S: * 1 EXISTS
    S: * OK [UIDVALIDITY 7] ok
    S: A5 OK [READ-WRITE] selected
    C: A6 UID MOVE 2 "Done"
    S: A6 OK [COPYUID 3 2 51] done
  )");
  auto folder = net::run(open().store().open("Inbox", mailbox::Access::read_write));
  const auto outcomes = net::run(folder->moving()->move({{"Inbox:7:1"}, {"Inbox:7:2"}}, "Done"));
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_FALSE(outcomes[0].error) << outcomes[0].error->message();
  EXPECT_THAT(outcomes[0].note, HasSubstr("no longer in its folder"));
  EXPECT_FALSE(outcomes[1].error) << outcomes[1].error->message();
  ASSERT_TRUE(outcomes[1].new_key);
  EXPECT_EQ(outcomes[1].new_key->text, "Done:3:51");
  EXPECT_EQ(second->remaining(), "");
}

}  // namespace
}  // namespace postroom::session
