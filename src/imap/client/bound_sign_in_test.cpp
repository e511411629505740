// Signing in over real TLS against GNU SASL's own server: channel binding, wrong passwords, men in
// the middle.
#include <gtest/gtest.h>

#include "imap/client/fetch_capabilities.hpp"
#include "imap/client/sign_in.hpp"
#include "net/connector.hpp"
#include "net/task_group.hpp"
#include "tests/support/sign_in_server.hpp"

namespace postroom::imap {
namespace {

using base::Error;
using test::MailProtocol;
using test::SignInServer;
using Notes = std::vector<std::string>;

Task<void> sign_in_to(net::Connector& connector, net::Target target, auth::Credentials who) {
  auto stream = co_await connector.open(target);
  Client client(std::move(stream));
  co_await client.read_greeting();
  co_await fetch_capabilities(client);
  co_await sign_in(client, std::move(who));
}

class BoundSignIn : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::setenv("SSL_CERT_FILE", "/dev/null", 1);
    ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
  }

  // Of signing in at the server, through whatever listens on `port`.
  std::optional<Error> failure_at(std::uint16_t port, std::string password = "pencil",
                                  std::string username = "user", std::string authzid = {}) {
    net::Target target{.host = "localhost", .port = port, .policy = {ca_.file()}};
    auth::Credentials who{std::move(username), std::move(authzid),
                          base::Secret(std::move(password))};
    try {
      net::run(sign_in_to(*connector_, std::move(target), std::move(who)));
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty()) << error.code();
      return error;
    }
    return std::nullopt;
  }

  std::string outcome(SignInServer server, std::string password = "pencil") {
    notes_ = server.notes;
    test::TestServer listening(test::sign_in_server(std::move(server)), certificate_);
    auto error = failure_at(listening.port(), std::move(password));
    return error ? error->code() : "signed in";
  }

  std::string outcome_through_relay(SignInServer server, std::string strip = {}) {
    notes_ = server.notes;
    test::TestServer listening(test::sign_in_server(std::move(server)), certificate_);
    test::TestServer relay(
        test::relay_sign_in(MailProtocol::imap, listening.port(), std::move(strip)), certificate_);
    auto error = failure_at(relay.port());
    hint_ = error ? error->hint() : "";
    return error ? error->code() : "signed in";
  }

  test::TestCa ca_{"Postroom test CA"};
  test::Certificate certificate_ = ca_.issue({});
  std::unique_ptr<net::Connector> connector_ = net::make_connector();
  std::shared_ptr<test::SignInNotes> notes_;
  std::string hint_;
};

TEST_F(BoundSignIn, NamesTheConnectionOverTls13) {
  EXPECT_EQ(outcome({}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"});
  EXPECT_EQ(outcome({.offers = "SCRAM-SHA-1-PLUS SCRAM-SHA-256"}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-1-PLUS p"});
}

TEST_F(BoundSignIn, NamesItOverTls12WithTheExtendedMasterSecretOnly) {
  EXPECT_EQ(outcome({.tls = SignInServer::Tls::old}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"});
  EXPECT_EQ(outcome({.tls = SignInServer::Tls::old_without_extended_secret}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256 n"});
}

TEST_F(BoundSignIn, SaysWhatItCouldHaveDone) {
  EXPECT_EQ(outcome({.offers = "SCRAM-SHA-256 PLAIN", .binds = false}), "signed in");
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256 y"});
}

TEST_F(BoundSignIn, TakesAWrongPasswordForWhatItIs) {
  for (const char* offers : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}) {
    const bool binds = std::string_view(offers) == "SCRAM-SHA-256-PLUS";
    EXPECT_EQ(outcome({.offers = offers, .binds = binds}, "pen"), "auth.wrong_password") << offers;
    EXPECT_EQ(notes_->all().size(), 1u) << "one wrong password is one attempt";
  }
  EXPECT_EQ(outcome({.says_why = true}, "pen"), "auth.wrong_password");
}

TEST_F(BoundSignIn, ARelayedSignInFails) {
  EXPECT_EQ(outcome_through_relay({.says_why = true}), "auth.channel_binding");
  EXPECT_NE(hint_.find("ask the administrator"), std::string::npos);
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"}) << "nothing weaker may follow";
  // A server that gives no reason: the word of the relay is all there is.
  EXPECT_EQ(outcome_through_relay({}), "auth.wrong_password");
  EXPECT_NE(hint_.find("open the encryption"), std::string::npos) << hint_;
  EXPECT_EQ(notes_->all(), Notes{"SCRAM-SHA-256-PLUS p"});
}

TEST_F(BoundSignIn, AnOfferTakenOutOfTheListIsNoticed) {
  SignInServer server{.offers = "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN"};
  EXPECT_EQ(outcome_through_relay(server, " AUTH=SCRAM-SHA-256-PLUS"), "auth.wrong_password");
  server.says_why = true;
  EXPECT_EQ(outcome_through_relay(server, " AUTH=SCRAM-SHA-256-PLUS"), "auth.channel_binding");
  EXPECT_EQ(notes_->all(), (Notes{"SCRAM-SHA-256 y", "SCRAM-SHA-256 y"}));
}

TEST_F(BoundSignIn, ARelayToAServerWithoutBindingIsOutOfReach) {
  // Nothing to check against: this is what the tests above are measured by.
  EXPECT_EQ(outcome_through_relay({.offers = "SCRAM-SHA-256", .binds = false}), "signed in");
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
  EXPECT_EQ(outcome({.offers = "PLAIN LOGIN", .unknown = "PLAIN"}), "signed in");
  EXPECT_EQ(notes_->all(), (Notes{"PLAIN unknown", "LOGIN"}));
  EXPECT_EQ(outcome({.offers = "PLAIN", .unknown = "PLAIN"}), "signed in");
  EXPECT_EQ(notes_->all(), (Notes{"PLAIN unknown", "LOGIN command"}));
}

TEST_F(BoundSignIn, ShowsNoPasswordBehindAMechanismThatNamesTheConnection) {
  const Notes only{"SCRAM-SHA-256-PLUS unknown"};
  EXPECT_EQ(outcome({.offers = "SCRAM-SHA-256-PLUS PLAIN LOGIN", .unknown = "SCRAM-SHA-256-PLUS"}),
            "auth.wrong_password");
  EXPECT_EQ(notes_->all(), only);
  EXPECT_EQ(outcome({.unknown = "SCRAM-SHA-256-PLUS SCRAM-SHA-256"}), "auth.wrong_password");
  EXPECT_EQ(notes_->all(), (Notes{"SCRAM-SHA-256-PLUS unknown", "SCRAM-SHA-256 unknown"}));
}

TEST_F(BoundSignIn, CarriesNamesOfEveryKind) {
  for (const char* name : {"ann@example.test", "DOM\\ann", "J\xC3\xBCrgen", "a\"b", "a=b,c"}) {
    for (const char* offers : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"}) {
      SCOPED_TRACE(std::string(name) + " by " + offers);
      SignInServer server{.offers = offers, .username = name};
      server.binds = std::string_view(offers).contains("PLUS");
      test::TestServer listening(test::sign_in_server(server), certificate_);
      auto error = failure_at(listening.port(), "pencil", name);
      EXPECT_FALSE(error) << error->code();
    }
  }
}

TEST_F(BoundSignIn, NamesASharedMailboxWhereThatIsPossible) {
  for (const char* offers : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"}) {
    SignInServer server{.offers = offers};
    server.binds = std::string_view(offers).contains("PLUS");
    test::TestServer listening(test::sign_in_server(server), certificate_);
    EXPECT_FALSE(failure_at(listening.port(), "pencil", "user", "team@example.test")) << offers;
  }
  test::TestServer listening(test::sign_in_server({.offers = "LOGIN"}), certificate_);
  auto error = failure_at(listening.port(), "pencil", "user", "team@example.test");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), "auth.no_authzid");
}

}  // namespace
}  // namespace postroom::imap
