// Signing in over real TLS against GNU SASL's own server: channel binding, wrong passwords, men in
// the middle.
#include <cstdlib>
#include <optional>

#include <gtest/gtest.h>

#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "smtp/client/client.hpp"
#include "smtp/client/story_fixture.hpp"
#include "tests/support/sign_in_server.hpp"

namespace postroom::smtp {
namespace {

using base::Error;
using test::MailProtocol;
using test::SignInServer;
using Notes = std::vector<std::string>;

Task<void> sign_in_to(net::Connector& connector, net::Target target, auth::Credentials who) {
  auto stream = co_await connector.open(target);
  Client client(std::move(stream), {});
  co_await client.open();
  co_await client.sign_in(std::move(who));
  EXPECT_TRUE(client.is_usable());
}

// Sets a variable of the environment, and puts back what was there.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value, 1);
  }
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class BoundSignIn : public ::testing::Test {
 protected:
  std::string outcome_at(std::uint16_t port, std::string password) {
    net::Target target{.host = "localhost", .port = port, .policy = {ca_.file()}};
    auth::Credentials who{"user", {}, base::Secret(std::move(password))};
    try {
      net::run(sign_in_to(*connector_, std::move(target), std::move(who)));
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty()) << error.code();
      return error.code();
    }
    return "signed in";
  }

  std::string outcome(SignInServer server, std::string password = "pencil") {
    notes_ = server.notes;
    server.protocol = MailProtocol::smtp;
    test::TestServer listening(test::sign_in_server(std::move(server)), certificate_);
    return outcome_at(listening.port(), std::move(password));
  }

  std::string outcome_through_relay(SignInServer server, std::string strip = {}) {
    notes_ = server.notes;
    server.protocol = MailProtocol::smtp;
    test::TestServer listening(test::sign_in_server(std::move(server)), certificate_);
    test::TestServer relay(
        test::relay_sign_in(MailProtocol::smtp, listening.port(), std::move(strip)), certificate_);
    return outcome_at(relay.port(), "pencil");
  }

  // No authority of this machine counts.
  Variable authorities_{"SSL_CERT_FILE", "/dev/null"};
  Variable folder_{"SSL_CERT_DIR", "/nonexistent"};
  test::TestCa ca_{"Postroom test CA"};
  test::Certificate certificate_ = ca_.issue({});
  std::unique_ptr<net::Connector> connector_ = net::make_connector();
  std::shared_ptr<test::SignInNotes> notes_;
};

TEST_F(BoundSignIn, NamesTheConnection) {
  EXPECT_EQ(outcome({}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"});
  EXPECT_EQ(outcome({.tls = SignInServer::Tls::old}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"});
  EXPECT_EQ(outcome({.tls = SignInServer::Tls::old_without_extended_secret}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256 n"});
  EXPECT_EQ(outcome({.offers = "SCRAM-SHA-256 PLAIN", .binds = false}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256 y"});
}

TEST_F(BoundSignIn, TakesAWrongPasswordForWhatItIs) {
  for (const char* offers : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}) {
    const bool binds = std::string_view(offers) == "SCRAM-SHA-256-PLUS";
    EXPECT_EQ(outcome({.offers = offers, .binds = binds}, "pen"), "auth.wrong_password") << offers;
    EXPECT_EQ(notes_->all().size(), 1u) << "one wrong password is one attempt";
  }
}

TEST_F(BoundSignIn, ARelayedSignInFails) {
  EXPECT_EQ(outcome_through_relay({.says_why = true}), "auth.channel_binding");
  EXPECT_EQ(outcome_through_relay({}), "auth.wrong_password");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"}) << "nothing weaker may follow";
  EXPECT_EQ(outcome_through_relay({.offers = "SCRAM-SHA-256", .binds = false}), "signed in");
}

TEST_F(BoundSignIn, AnOfferTakenOutOfTheListIsNoticed) {
  EXPECT_EQ(outcome_through_relay({.says_why = true}, "SCRAM-SHA-256-PLUS "),
            "auth.channel_binding");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256 y"});
}

TEST_F(BoundSignIn, AServerThatCannotProveItselfIsRefused) {
  for (const char* offers : {"SCRAM-SHA-256-PLUS PLAIN", "SCRAM-SHA-256 PLAIN"}) {
    const bool binds = std::string_view(offers).contains("PLUS");
    EXPECT_EQ(outcome({.offers = offers, .binds = binds, .lies = true}),
              "auth.server_not_verified");
    EXPECT_EQ(notes_->all().size(), 1u) << "the password must not follow in the clear";
  }
}

TEST_F(BoundSignIn, TriesTheNextMechanismWhereOneIsNotKnown) {
  EXPECT_EQ(outcome({.unknown = "SCRAM-SHA-256-PLUS", .binds = false}), "signed in");
  EXPECT_EQ(notes_->all(), (Notes{"SCRAM-SHA-256-PLUS unknown", "SCRAM-SHA-256 y"}));
  EXPECT_EQ(outcome({.offers = "SCRAM-SHA-256 PLAIN", .unknown = "SCRAM-SHA-256"}), "signed in");
  EXPECT_EQ(notes_->all(), (Notes{"SCRAM-SHA-256 unknown", "PLAIN"}));
  EXPECT_EQ(outcome({.offers = "SCRAM-SHA-256-PLUS PLAIN", .unknown = "SCRAM-SHA-256-PLUS"}),
            "auth.mechanism_refused");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS unknown"}) << "no password behind -PLUS";
}

// Without TLS of its own: what servers write where base64 belongs.
Task<void> sign_in_by_script(test::ScriptedPeer& peer) {
  Client client(peer.open(), {});
  co_await client.open();
  auth::Credentials who{"user", {}, base::Secret("secret")};
  co_await client.sign_in(std::move(who));
}

std::string outcome_of_script(const std::string& script) {
  auto peer = std::make_shared<test::ScriptedPeer>(
      test::Script::parse("S: 220 ready\nC: EHLO [127.0.0.1]\nS: 250-mx\n" + script),
      test::PeerOptions{});
  auto error = error_of(sign_in_by_script(*peer));
  EXPECT_EQ(peer->remaining(), "");
  return error ? error->code() : "signed in";
}

TEST(SignInWords, LoginAsksInWordsOrInNone) {
  for (const char* question : {"Username:", "VXNlcm5hbWU6", "", "go ahead"}) {
    EXPECT_EQ(
        outcome_of_script("S: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 " + std::string(question) +
                          "\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 ok\n"),
        "signed in")
        << question;
  }
}

TEST(SignInWords, AStrayReplyEndsTheConversation) {
  EXPECT_EQ(outcome_of_script("S- 250 AUTH PLAIN\\r\\n250 more\\r\\n\n"), "smtp.unexpected_reply");
  EXPECT_EQ(outcome_of_script("S- 250 AUTH PLAIN\\r\\n421 4.3.2 bye\\r\\n\n"), "smtp.unavailable");
}

}  // namespace
}  // namespace postroom::smtp
