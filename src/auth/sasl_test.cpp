#include "auth/sasl.hpp"

#include <gsasl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/base64.hpp"
#include "base/error.hpp"

namespace postroom::auth {
namespace {

using base::Error;
using base::Secret;
using namespace std::string_literals;

Credentials pencil() { return {"user", "", Secret("pencil")}; }

std::unique_ptr<SaslMechanism> make(std::string name, const Credentials& credentials = pencil()) {
  std::vector<std::string> offered{std::move(name)};
  auto mechanism = choose_mechanism(offered, credentials, true);
  if (!mechanism) throw std::runtime_error("not chosen: " + offered[0]);
  return mechanism;
}

std::string say(SaslMechanism& mechanism, std::string_view challenge = {}) {
  return std::string(mechanism.step(challenge).reveal());
}

std::string code_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::auth);
    EXPECT_FALSE(error.hint().empty());
    return error.code();
  }
  return "no error";
}

std::string chosen(std::vector<std::string> offered, bool is_private = true,
                   Credentials credentials = pencil()) {
  auto mechanism = choose_mechanism(offered, credentials, is_private);
  return mechanism ? std::string(mechanism->name()) : "none";
}

TEST(ChooseMechanism, TakesTheStrongestInAnyOrderAndCase) {
  EXPECT_EQ(chosen({"LOGIN", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"}), "SCRAM-SHA-256");
  EXPECT_EQ(chosen({"login", "plain", "scram-sha-1"}), "SCRAM-SHA-1");
  EXPECT_EQ(chosen({"LOGIN", "PLAIN"}), "PLAIN");
  EXPECT_EQ(chosen({"LOGIN"}), "LOGIN");
  EXPECT_EQ(chosen({"XOAUTH2", "GSSAPI", "SCRAM-SHA-256-PLUS", "CRAM-MD5", ""}), "none");
  EXPECT_EQ(chosen({}), "none");
}

TEST(ChooseMechanism, ShowsNoPasswordOnAnOpenWire) {
  EXPECT_EQ(chosen({"LOGIN", "PLAIN"}, false), "none");
  EXPECT_EQ(chosen({"PLAIN", "SCRAM-SHA-1"}, false), "SCRAM-SHA-1");
}

TEST(ChooseMechanism, LoginCannotNameAnotherMailbox) {
  Credentials shared{"user", "team", Secret("pencil")};
  EXPECT_EQ(chosen({"LOGIN"}, true, shared), "none");
  EXPECT_EQ(chosen({"LOGIN", "PLAIN"}, true, shared), "PLAIN");
  EXPECT_EQ(chosen({"LOGIN"}, true, {"user", "user", Secret("pencil")}), "LOGIN");
}

TEST(ChooseMechanism, RefusesWhatNoMechanismCanCarry) {
  for (const Credentials& bad :
       {Credentials{"", "", Secret("x")}, Credentials{"u", "", Secret()},
        Credentials{"u\0x"s, "", Secret("x")}, Credentials{"u", "a\0"s, Secret("x")},
        Credentials{"u", "", Secret("x\0y"s)}}) {
    EXPECT_EQ(code_of([&] { chosen({"PLAIN"}, true, bad); }), "auth.bad_credentials");
  }
}

TEST(Plain, MatchesRfc4616) {
  auto tim = make("PLAIN", {"tim", "", Secret("tanstaaftanstaaf")});
  EXPECT_TRUE(tim->client_first());
  EXPECT_TRUE(tim->single_step());
  EXPECT_FALSE(tim->is_done());
  EXPECT_EQ(say(*tim), "\0tim\0tanstaaftanstaaf"s);
  EXPECT_TRUE(tim->is_done());

  auto kurt = make("PLAIN", {"Kurt", "Ursel", Secret("xipj3plmq")});
  EXPECT_EQ(say(*kurt), "Ursel\0Kurt\0xipj3plmq"s);
}

TEST(Plain, AnswersNothingAfterItIsDone) {
  auto plain = make("PLAIN");
  say(*plain);
  EXPECT_EQ(code_of([&] { say(*plain, "more?"); }), "auth.bad_challenge");
  EXPECT_FALSE(plain->is_done());
  EXPECT_EQ(code_of([&] { say(*plain); }), "auth.bad_challenge");
}

TEST(Login, SendsNameThenPassword) {
  auto login = make("LOGIN");
  EXPECT_FALSE(login->client_first());
  EXPECT_FALSE(login->single_step());
  EXPECT_EQ(say(*login, "Username:"), "user");
  EXPECT_FALSE(login->is_done());
  EXPECT_EQ(say(*login, "Password:"), "pencil");
  EXPECT_TRUE(login->is_done());
  EXPECT_EQ(code_of([&] { say(*login, "Again:"); }), "auth.bad_challenge");
}

// --- SCRAM
// ---------------------------------------------------------------------------------------------------------

std::string hmac_sha256(std::string_view key, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), out, &length);
  return {reinterpret_cast<char*>(out), length};
}

struct Proofs {
  std::string client, server;  // base64
};

// RFC 5802 section 3, written from the text and independent of the client under test.
Proofs scram_sha256_proofs(const char* password, std::string_view salt, unsigned iterations,
                           std::string_view auth_message) {
  char salted[32], client_key[32], server_key[32], stored_key[32];
  gsasl_scram_secrets_from_password(GSASL_HASH_SHA256, password, iterations, salt.data(),
                                    salt.size(), salted, client_key, server_key, stored_key);
  std::string signature = hmac_sha256({stored_key, 32}, auth_message);
  for (std::size_t i = 0; i < 32; ++i)
    signature[i] = static_cast<char>(signature[i] ^ client_key[i]);
  return {base::to_base64(signature), base::to_base64(hmac_sha256({server_key, 32}, auth_message))};
}

const std::string rfc7677_salt = *base::from_base64("W22ZaJ0SNY7soEsUEjb6gQ==");

TEST(ScramSha256, TheOracleMatchesRfc7677) {
  Proofs proofs = scram_sha256_proofs(
      "pencil", rfc7677_salt, 4096,
      "n=user,r=rOprNGfwEbeRWgbNEkqO,"
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
  EXPECT_EQ(proofs.client, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
  EXPECT_EQ(proofs.server, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

// A SCRAM-SHA-256 server made of that oracle: RFC 7677's salt, iterations, server nonce and
// password.
struct OracleServer {
  std::string first(std::string_view client_first) {
    EXPECT_TRUE(client_first.starts_with("n,,n=user,r=")) << client_first;
    bare_ = client_first.substr(3);
    nonce_ = bare_.substr(bare_.find("r=") + 2) + "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    server_first_ = "r=" + nonce_ + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    return server_first_;
  }
  std::string last(std::string_view client_final) {
    std::string without_proof = "c=biws,r=" + nonce_;
    Proofs proofs = scram_sha256_proofs("pencil", rfc7677_salt, 4096,
                                        bare_ + "," + server_first_ + "," + without_proof);
    EXPECT_EQ(client_final, without_proof + ",p=" + proofs.client);
    return "v=" + proofs.server;
  }
  std::string bare_, nonce_, server_first_;
};

TEST(ScramSha256, ProofIsTheOneOfRfc7677AndSignatureIsChecked) {
  OracleServer server;
  auto scram = make("SCRAM-SHA-256");
  EXPECT_TRUE(scram->client_first());
  EXPECT_FALSE(scram->single_step());
  std::string last = server.last(say(*scram, server.first(say(*scram))));
  EXPECT_FALSE(scram->is_done()) << "a success before the signature must be refused";
  EXPECT_EQ(say(*scram, last), "");
  EXPECT_TRUE(scram->is_done());
}

TEST(ScramSha256, EveryTamperedSignatureIsRefused) {
  for (auto tamper : {+[](std::string& v) { v[2] = v[2] == 'A' ? 'B' : 'A'; },
                      +[](std::string& v) { v = "v="; }, +[](std::string& v) { v.pop_back(); },
                      +[](std::string& v) { v = ""; }, +[](std::string& v) { v = "e=other-error"; },
                      +[](std::string& v) { v.resize(v.size() - 8); }}) {
    OracleServer server;
    auto scram = make("SCRAM-SHA-256");
    std::string last = server.last(say(*scram, server.first(say(*scram))));
    tamper(last);
    EXPECT_EQ(code_of([&] { say(*scram, last); }), "auth.server_not_verified") << last;
    EXPECT_FALSE(scram->is_done());
    EXPECT_EQ(code_of([&] { say(*scram, last); }), "auth.bad_challenge");
  }
}

TEST(ScramSha256, HostileServerFirstIsRefused) {
  auto with_first = [](auto change) {
    OracleServer server;
    auto scram = make("SCRAM-SHA-256");
    std::string first = server.first(say(*scram));
    change(first);
    return code_of([&] { say(*scram, first); });
  };
  // The client's nonce is not repeated: a replay. No answer may be computed for it.
  EXPECT_NE(with_first([](std::string& m) { m = "r=xyz,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"; }),
            "no error");
  EXPECT_EQ(with_first([](std::string& m) { m.replace(m.find("i=4096"), 6, "i=2000000000"); }),
            "auth.bad_challenge");
  EXPECT_NE(with_first([](std::string& m) {
              m.replace(m.find("i=4096"), 6, "i=99999999999999999999999");
            }),
            "no error");
  EXPECT_NE(with_first([](std::string& m) { m.replace(m.find("i=4096"), 6, "i=-1"); }), "no error");
  EXPECT_NE(with_first([](std::string& m) { m.replace(m.find("i=4096"), 6, "i=0"); }), "no error");
  EXPECT_EQ(with_first([](std::string& m) { m = ""; }), "auth.bad_challenge");
  EXPECT_EQ(with_first([](std::string& m) { m = std::string(100'000, 'r'); }),
            "auth.bad_challenge");
  EXPECT_NE(with_first([](std::string& m) { m = "\xff\xfe\0\0"s; }), "no error");
}

// GNU SASL's own server, for both hashes, with a name that needs SCRAM's escapes and a password
// beyond ASCII.
struct LibraryServer {
  explicit LibraryServer(const char* mechanism, const char* password) {
    gsasl_init(&context_);
    EXPECT_EQ(gsasl_server_start(context_, mechanism, &session_), GSASL_OK);
    EXPECT_EQ(gsasl_property_set(session_, GSASL_PASSWORD, password), GSASL_OK);
  }
  ~LibraryServer() {
    gsasl_finish(session_);
    gsasl_done(context_);
  }
  std::string step(std::string_view from_client) {
    char* output = nullptr;
    size_t length = 0;
    result_ = gsasl_step(session_, from_client.data(), from_client.size(), &output, &length);
    std::string text(output ? output : "", output ? length : 0);
    gsasl_free(output);
    return text;
  }
  Gsasl* context_ = nullptr;
  Gsasl_session* session_ = nullptr;
  int result_ = GSASL_OK;
};

TEST(Scram, SignsInToTheLibrarysServer) {
  for (const char* name : {"SCRAM-SHA-256", "SCRAM-SHA-1"}) {
    LibraryServer server(name, "p\xC3\xA4ssw=ord,1");
    auto scram = make(name, {"us=er,1", "boss,2", Secret("p\xC3\xA4ssw=ord,1")});
    std::string last = server.step(say(*scram, server.step(say(*scram))));
    EXPECT_EQ(server.result_, GSASL_OK) << name;
    EXPECT_STREQ(gsasl_property_fast(server.session_, GSASL_AUTHID), "us=er,1");
    EXPECT_STREQ(gsasl_property_fast(server.session_, GSASL_AUTHZID), "boss,2");
    EXPECT_EQ(say(*scram, last), "");
    EXPECT_TRUE(scram->is_done());
  }
}

TEST(Scram, WrongPasswordIsSeenByTheServer) {
  LibraryServer server("SCRAM-SHA-256", "another");
  auto scram = make("SCRAM-SHA-256");
  server.step(say(*scram, server.step(say(*scram))));
  EXPECT_EQ(server.result_, GSASL_AUTHENTICATION_ERROR);
  EXPECT_FALSE(scram->is_done());
}

TEST(Scram, ServesOnlyTextThatStringprepAllows) {
  Credentials odd{"user", "", Secret("a\x01z")};
  EXPECT_EQ(chosen({"SCRAM-SHA-256"}, true, odd), "none");
  EXPECT_EQ(chosen({"SCRAM-SHA-256", "PLAIN"}, true, odd), "PLAIN");
  EXPECT_EQ(chosen({"SCRAM-SHA-256"}, true,
                   {"us\xFF"
                    "er",
                    "", Secret("x")}),
            "none");
}

}  // namespace
}  // namespace postroom::auth
