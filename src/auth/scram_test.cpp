// SCRAM with channel binding, and our own client of the downgrade check, against GNU SASL's server.
#include "auth/scram.hpp"

#include <gsasl.h>
#include <gtest/gtest.h>

#include "auth/hmac.hpp"
#include "auth/sasl_refusal.hpp"
#include "base/base64.hpp"
#include "base/error.hpp"

namespace postroom::auth {
namespace {

using base::Error;
using base::Secret;

const std::string binding = "0123456789abcdef0123456789abcdef";
const Credentials pencil{"us=er,1", "boss,2", Secret("p\xC3\xA4ncil")};

std::string step_of(SaslMechanism& mechanism, std::string_view challenge = {}) {
  return std::string(mechanism.step(challenge).reveal());
}

std::string failure_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty());
    return error.code();
  }
  return "no error";
}

std::unique_ptr<SaslMechanism> choose(std::vector<std::string> offered, std::string_view bound,
                                      const Credentials& credentials = pencil) {
  return choose_mechanism(offered, credentials, true, bound);
}

std::string name_of(const std::unique_ptr<SaslMechanism>& mechanism) {
  return mechanism ? std::string(mechanism->name()) : "none";
}

class BindingServer {
 public:
  BindingServer(const char* mechanism, std::string_view bound,
                const char* password = "p\xC3\xA4ncil") {
    gsasl_init(&context_);
    EXPECT_EQ(gsasl_server_start(context_, mechanism, &session_), GSASL_OK);
    gsasl_property_set(session_, GSASL_PASSWORD, password);
    if (!bound.empty())
      gsasl_property_set(session_, GSASL_CB_TLS_EXPORTER, base::to_base64(bound).c_str());
  }
  ~BindingServer() {
    gsasl_finish(session_);
    gsasl_done(context_);
  }
  std::string step(std::string_view from_client) {
    char* output = nullptr;
    size_t length = 0;
    result = gsasl_step(session_, from_client.data(), from_client.size(), &output, &length);
    std::string text(output ? output : "", output ? length : 0);
    gsasl_free(output);
    return text;
  }
  std::string property(Gsasl_property which) const {
    const char* value = gsasl_property_fast(session_, which);
    return value ? value : "";
  }
  int result = GSASL_OK;

 private:
  Gsasl* context_ = nullptr;
  Gsasl_session* session_ = nullptr;
};

TEST(ChooseMechanism, PrefersToNameTheConnection) {
  EXPECT_EQ(name_of(choose({"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}, binding)),
            "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(name_of(choose({"SCRAM-SHA-256", "scram-sha-1-plus"}, binding)), "SCRAM-SHA-1-PLUS");
  EXPECT_EQ(name_of(choose({"SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"}, "")), "SCRAM-SHA-256");
  EXPECT_EQ(name_of(choose({"SCRAM-SHA-256-PLUS", "PLAIN"}, "")), "PLAIN");
  EXPECT_EQ(name_of(choose({"SCRAM-SHA-256-PLUS"}, "")), "none");
}

TEST(ChooseMechanism, SaysInTheFlagWhatItCouldHaveDone) {
  // RFC 5802 section 6: could and was not offered; cannot; does.
  EXPECT_EQ(step_of(*choose({"SCRAM-SHA-256"}, binding)).substr(0, 2), "y,");
  EXPECT_EQ(step_of(*choose({"SCRAM-SHA-1"}, binding)).substr(0, 2), "y,");
  EXPECT_EQ(step_of(*choose({"SCRAM-SHA-256"}, "")).substr(0, 2), "n,");
  EXPECT_EQ(step_of(*choose({"SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"}, "")).substr(0, 2), "n,");
  EXPECT_TRUE(step_of(*choose({"SCRAM-SHA-256-PLUS"}, binding)).starts_with("p=tls-exporter,"));
}

TEST(Scram, TheLibraryCannotSayY) {
  // docs/decisions/0005: when this fails, downgrade_checked_scram is no longer needed.
  Gsasl* context = nullptr;
  Gsasl_session* session = nullptr;
  gsasl_init(&context);
  ASSERT_EQ(gsasl_client_start(context, "SCRAM-SHA-256", &session), GSASL_OK);
  gsasl_property_set(session, GSASL_AUTHID, "user");
  gsasl_property_set(session, GSASL_PASSWORD, "pencil");
  gsasl_property_set(session, GSASL_CB_TLS_EXPORTER, base::to_base64(binding).c_str());
  char* output = nullptr;
  size_t length = 0;
  EXPECT_EQ(gsasl_step(session, "", 0, &output, &length), GSASL_AUTHENTICATION_ERROR);
  gsasl_free(output);
  gsasl_finish(session);
  gsasl_done(context);
}

TEST(Scram, SignsInWithEveryFlag) {
  struct Row {
    const char* mechanism;
    const std::string client, server;
  };
  const std::string nothing;
  for (const Row& row :
       {Row{"SCRAM-SHA-256-PLUS", binding, binding}, Row{"SCRAM-SHA-1-PLUS", binding, binding},
        Row{"SCRAM-SHA-256", binding, nothing}, Row{"SCRAM-SHA-1", binding, nothing},
        Row{"SCRAM-SHA-256", nothing, binding}, Row{"SCRAM-SHA-1", nothing, nothing}}) {
    SCOPED_TRACE(row.mechanism);
    BindingServer server(row.mechanism, row.server);
    auto scram = choose({row.mechanism}, row.client);
    ASSERT_TRUE(scram);
    EXPECT_EQ(scram->name(), row.mechanism);
    EXPECT_FALSE(scram->has_proved());
    std::string first = server.step(step_of(*scram));
    EXPECT_FALSE(scram->has_proved());
    std::string last = server.step(step_of(*scram, first));
    EXPECT_TRUE(scram->has_proved());
    EXPECT_EQ(server.result, GSASL_OK);
    EXPECT_EQ(server.property(GSASL_AUTHID), "us=er,1");
    EXPECT_EQ(server.property(GSASL_AUTHZID), "boss,2");
    EXPECT_FALSE(scram->is_done());
    EXPECT_EQ(step_of(*scram, last), "");
    EXPECT_TRUE(scram->is_done());
    EXPECT_EQ(failure_of([&] { step_of(*scram, "x"); }), "auth.bad_challenge");
    EXPECT_FALSE(scram->is_done());
  }
}

TEST(Scram, AnotherConnectionsBindingFails) {
  BindingServer server("SCRAM-SHA-256-PLUS", "another");
  auto scram = choose({"SCRAM-SHA-256-PLUS"}, binding);
  server.step(step_of(*scram, server.step(step_of(*scram))));
  EXPECT_EQ(server.result, GSASL_AUTHENTICATION_ERROR);
}

TEST(Scram, AServerThatDidOfferPlusRefusesTheFlag) {
  BindingServer server("SCRAM-SHA-256", binding);
  auto scram = choose({"SCRAM-SHA-256"}, binding);
  server.step(step_of(*scram));
  EXPECT_EQ(server.result, GSASL_AUTHENTICATION_ERROR);
}

TEST(Scram, TheFlagCannotBeChangedOnTheWay) {
  // A man in the middle who turns "y" into "n": the proof covers the flag.
  BindingServer server("SCRAM-SHA-256", binding);
  auto scram = choose({"SCRAM-SHA-256"}, binding);
  std::string first = step_of(*scram);
  first[0] = 'n';
  server.step(step_of(*scram, server.step(first)));
  EXPECT_EQ(server.result, GSASL_AUTHENTICATION_ERROR);
}

TEST(Scram, AWrongPasswordIsSeenUnderTheFlag) {
  BindingServer server("SCRAM-SHA-256", "", "another");
  auto scram = choose({"SCRAM-SHA-256"}, binding);
  server.step(step_of(*scram, server.step(step_of(*scram))));
  EXPECT_EQ(server.result, GSASL_AUTHENTICATION_ERROR);
}

// Both clients, with the server's message changed at one step.
std::string outcome_of(std::string_view bound, int step, auto change) {
  BindingServer server("SCRAM-SHA-256", "");
  auto scram = choose({"SCRAM-SHA-256"}, bound);
  return failure_of([&] {
    std::string first = server.step(step_of(*scram));
    if (step == 1) change(first);
    std::string last = server.step(step_of(*scram, first));
    if (step == 2) change(last);
    step_of(*scram, last);
  });
}

TEST(Scram, EveryTamperedMessageIsRefusedByBothClients) {
  for (const std::string& bound : {binding, std::string()}) {
    SCOPED_TRACE(bound);
    for (auto change :
         {+[](std::string& v) { v[3] = v[3] == 'A' ? 'B' : 'A'; },
          +[](std::string& v) { v = "v="; }, +[](std::string& v) { v = ""; },
          +[](std::string& v) { v = "v=!!!!"; }, +[](std::string& v) { v = "x=1," + v; },
          +[](std::string& v) { v = "e=other-error"; },
          +[](std::string& v) { v.resize(v.size() - 8); }}) {
      EXPECT_EQ(outcome_of(bound, 2, change), "auth.server_not_verified");
    }
    for (auto change :
         {+[](std::string& v) { v = ""; }, +[](std::string& v) { v = "r=x,s=YQ==,i=4096"; },
          +[](std::string& v) { v = "m=ext," + v; }, +[](std::string& v) { v = "\xff\xfe"; },
          +[](std::string& v) { v.replace(v.find("i="), 6, "i=2147483648"); },
          +[](std::string& v) { v.replace(v.find("i="), 6, "i=99999999999999999999"); },
          +[](std::string& v) { v.replace(v.find("i="), 6, "i=-1"); },
          +[](std::string& v) { v.replace(v.find("i="), 6, "i=0"); },
          +[](std::string& v) { v.resize(v.find(",i=")); },
          +[](std::string& v) { v.replace(v.find("s="), 3, "s=!"); },
          +[](std::string& v) { v = std::string(1'000'000, 'r'); }}) {
      const std::string code = outcome_of(bound, 1, change);
      EXPECT_TRUE(code == "auth.bad_challenge" || code == "auth.server_not_verified") << code;
    }
  }
}

TEST(Scram, ReadsWhyTheServerRefuses) {
  auto refused = [](std::string_view bound, const char* message) {
    return outcome_of(bound, 2, [&](std::string& last) { last = message; });
  };
  for (const std::string& bound : {binding, std::string()}) {
    EXPECT_EQ(refused(bound, "e=channel-bindings-dont-match"), "auth.channel_binding");
    EXPECT_EQ(refused(bound, "e=server-does-support-channel-binding"), "auth.channel_binding");
    EXPECT_EQ(refused(bound, "e=unsupported-channel-binding-type"), "auth.channel_binding");
    EXPECT_EQ(refused(bound, "e=invalid-proof"), "auth.wrong_password");
    EXPECT_EQ(refused(bound, "e=unknown-user"), "auth.wrong_password");
  }
}

TEST(Scram, ServesNoPasswordThatTheLibraryCannotPrepare) {
  const Credentials emoji{"user", "", Secret("p\xF0\x9F\x98\x80")};
  for (const std::string& bound : {binding, std::string()}) {
    EXPECT_EQ(name_of(choose({"SCRAM-SHA-256"}, bound, emoji)), "none");
    EXPECT_EQ(name_of(choose({"SCRAM-SHA-256", "PLAIN"}, bound, emoji)), "PLAIN");
  }
}

TEST(Scram, PreparesNames) {
  // RFC 4013 section 3: a soft hyphen goes, a Roman numeral becomes letters.
  const Credentials odd{"I\xC2\xADX\xE2\x85\xA8", "", Secret("p\xC3\xA4ncil")};
  auto scram = choose({"SCRAM-SHA-256"}, binding, odd);
  EXPECT_TRUE(step_of(*scram).starts_with("y,,n=IXIX,r="));
  for (const char* name : {"DOM\\ann", "ann@example.test", "J\xC3\xBCrgen"}) {
    BindingServer server("SCRAM-SHA-256", "");
    auto named = choose({"SCRAM-SHA-256"}, binding, {name, "", Secret("p\xC3\xA4ncil")});
    step_of(*named, server.step(step_of(*named, server.step(step_of(*named)))));
    EXPECT_EQ(server.property(GSASL_AUTHID), name);
    EXPECT_TRUE(named->is_done());
  }
}

TEST(Hmac, MatchesRfc4231AndRfc2202) {
  auto hex = [](const std::string& bytes) {
    std::string out;
    for (unsigned char c : bytes) {
      out += "0123456789abcdef"[c >> 4];
      out += "0123456789abcdef"[c & 15];
    }
    return out;
  };
  const char* text = "what do ya want for nothing?";
  EXPECT_EQ(hex(hmac(ScramHash::sha256, "Jefe", text)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac(ScramHash::sha1, "Jefe", text)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_TRUE(is_same_secret("ab", "ab"));
  EXPECT_FALSE(is_same_secret("ab", "ac"));
  EXPECT_FALSE(is_same_secret("ab", "abc"));
}

// What follows a mechanism that the server does not know.

std::vector<std::string> left_after(std::vector<std::string> offered, std::string_view bound,
                                    int steps) {
  auto mechanism = choose(offered, bound, {"user", "", Secret("pencil")});
  for (int i = 0; i < steps; ++i) step_of(*mechanism, i == 0 ? "" : "r=x,s=YQ==,i=4096");
  return mechanisms_after(offered, *mechanism);
}

TEST(MechanismsAfter, NeverGiveAwayMore) {
  using Names = std::vector<std::string>;
  const Names all{"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN"};
  EXPECT_EQ(left_after(all, binding, 0), Names{"SCRAM-SHA-256"});
  EXPECT_EQ(left_after(all, binding, 1), Names{"SCRAM-SHA-256"});
  EXPECT_EQ(left_after({"SCRAM-SHA-256-PLUS", "PLAIN"}, binding, 1), Names{});
  EXPECT_EQ(left_after({"SCRAM-SHA-256", "PLAIN"}, binding, 1), Names{"PLAIN"});
  EXPECT_EQ(left_after({"scram-sha-256", "PLAIN"}, "", 1), Names{"PLAIN"});
  // The password has been shown: LOGIN shows no more of it. CRAM-MD5 would be new.
  EXPECT_EQ(left_after({"PLAIN", "LOGIN", "CRAM-MD5"}, "", 1), Names{"LOGIN"});
  EXPECT_EQ(left_after({"PLAIN", "LOGIN"}, "", 0), Names{"LOGIN"});
}

TEST(MechanismsAfter, NothingFollowsAProof) {
  const std::vector<std::string> offered{"SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"};
  for (const std::string& bound : {binding, std::string()}) {
    BindingServer one("SCRAM-SHA-256", "", "another");
    auto scram = choose(offered, bound);
    one.step(step_of(*scram, one.step(step_of(*scram))));
    EXPECT_TRUE(mechanisms_after(offered, *scram).empty());
  }
}

TEST(ExplainRefusal, NamesTheManInTheMiddleWhereTheServerDoes) {
  Error refusal(base::ErrorKind::auth, "auth.wrong_password", "no", "check the password");
  auto bound = choose({"SCRAM-SHA-256-PLUS"}, binding);
  auto plain = choose({"PLAIN"}, binding);
  EXPECT_NE(explain_refusal(*bound, refusal).hint().find("open the encryption"), std::string::npos);
  EXPECT_EQ(explain_refusal(*plain, refusal).hint(), "check the password");
  refusal.set_server_text("Channel Bindings do not match");
  EXPECT_EQ(explain_refusal(*bound, refusal).code(), "auth.channel_binding");
  refusal.set_server_text("channel binding failure");
  EXPECT_EQ(explain_refusal(*bound, refusal).code(), "auth.channel_binding");
  EXPECT_EQ(explain_refusal(*bound, refusal).server_text(), "channel binding failure");
  EXPECT_EQ(explain_refusal(*plain, refusal).code(), "auth.wrong_password");
  Error other(base::ErrorKind::throttled, "imap.throttled", "slow down", "wait");
  EXPECT_EQ(explain_refusal(*bound, other).code(), "imap.throttled");
}

}  // namespace
}  // namespace postroom::auth
