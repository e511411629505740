// Servers whose folders are labels (Gmail): what deleting and moving mean there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.hpp"
#include "stores/open_store.hpp"
#include "tests/support/scripted_stream.hpp"

namespace postroom::stores {
namespace {

using testing::HasSubstr;

class NoSecretsHere final : public vault::SecretResolver {
 public:
  base::Secret resolve(const vault::SecretSource&, std::string_view) const override { return {}; }
};

class Labels : public testing::Test {
 protected:
  // The script begins with the opening of `folder`.
  std::unique_ptr<mailbox::Folder> open(const std::string& folder, const std::string& script) {
    account_.endpoint = {"imap.example.com", 993, account::Tls::implicit};
    account_.auth.mode = account::AuthMode::none;
    peer_ = connector_.add(R"(
      S: * PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS MOVE X-GM-EXT-1] ready
    )" + script);
    store_ = net::run(open_store(account_, {secrets_, base::system_clock(), connector_}));
    return net::run(store_->open(folder, mailbox::Access::read_write));
  }

  account::Account account_;
  NoSecretsHere secrets_;
  test::ScriptedConnector connector_;
  decltype(connector_.add("")) peer_;
  std::unique_ptr<mailbox::Store> store_;
};

constexpr const char* listing = R"(
      S: * LIST (\HasNoChildren) "/" "INBOX"
      S: * LIST (\HasNoChildren \All) "/" "[Gmail]/All Mail"
      S: * LIST (\HasNoChildren \Trash) "/" "[Gmail]/Bin"
      S: * LIST (\HasNoChildren) "/" "Bills"
)";

TEST_F(Labels, DeletingForGoodGoesThroughTheTrash) {
  auto folder = open("Inbox", std::string(R"(
      C: A1 SELECT INBOX
      S: * 2 EXISTS
      S: * OK [UIDVALIDITY 7] ok
      S: A1 OK [READ-WRITE] selected
      C: A2 LIST "" "*"
  )") + listing + R"(
      S: A2 OK done
      C: A3 UID MOVE 1:2 "[Gmail]/Bin"
      S: * OK [COPYUID 9 1 11] moved
      S: * 1 EXPUNGE
      S: A3 OK done
      C: A4 SELECT "[Gmail]/Bin"
      S: * 1 EXISTS
      S: * OK [UIDVALIDITY 9] ok
      S: A4 OK [READ-WRITE] selected
      C: A5 UID STORE 11 +FLAGS.SILENT (\Deleted)
      C: A6 UID EXPUNGE 11
      S: A5 OK done
      S: A6 OK done
  )");
  const auto outcomes =
      net::run(folder->remove({{"Inbox:7:1"}, {"Inbox:7:2"}}, mailbox::Removal::permanent));
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_EQ(outcomes[0].note, "");
  EXPECT_FALSE(outcomes[0].new_key) << "it is nowhere any more";
  ASSERT_TRUE(outcomes[1].error) << "what was not confirmed is not said to be gone for good";
  EXPECT_EQ(outcomes[1].error->code(), "message.gone");
  EXPECT_EQ(peer_->remaining(), "");
}

TEST_F(Labels, MovingOutOfAllMailIsSaidHonestly) {
  auto folder = open("@all", std::string(R"(
      C: A1 LIST "" "*"
  )") + listing + R"(
      S: A1 OK done
      C: A2 SELECT "[Gmail]/All Mail"
      S: * 1 EXISTS
      S: * OK [UIDVALIDITY 8] ok
      S: A2 OK [READ-WRITE] selected
      C: A3 UID MOVE 5 "Bills"
      S: A3 OK [COPYUID 3 5 1] done
  )");
  const auto outcomes = net::run(folder->moving()->move({{"[Gmail]/All Mail:8:5"}}, "Bills"));
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_FALSE(outcomes[0].error);
  EXPECT_THAT(outcomes[0].note, HasSubstr("stays in \"[Gmail]/All Mail\""));
  EXPECT_EQ(peer_->remaining(), "");
}

}  // namespace
}  // namespace postroom::stores
