#include "auth/sasl.hpp"

#include <algorithm>
#include <array>

#include <gsasl.h>
#include <string.h>

#include "auth/scram.hpp"
#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace postroom::auth {
namespace {

using base::Error;
using base::ErrorKind;
using base::Secret;

struct MechanismFacts {
  const char* name;
  bool client_first;
  bool single_step;
  bool shows_password;
  bool carries_authzid;
  bool is_scram;
  bool is_bound;
  ScramHash hash;  // of SCRAM
};

// Strongest first: naming the connection counts for more than the longer hash (RFC 5802 section 6).
constexpr std::array mechanisms = {
    MechanismFacts{"SCRAM-SHA-256-PLUS", true, false, false, true, true, true, ScramHash::sha256},
    MechanismFacts{"SCRAM-SHA-1-PLUS", true, false, false, true, true, true, ScramHash::sha1},
    MechanismFacts{"SCRAM-SHA-256", true, false, false, true, true, false, ScramHash::sha256},
    MechanismFacts{"SCRAM-SHA-1", true, false, false, true, true, false, ScramHash::sha1},
    MechanismFacts{"PLAIN", true, true, true, true, false, false, {}},
    MechanismFacts{"LOGIN", false, false, true, false, false, false, {}},
};

[[noreturn]] void throw_bad_credentials(std::string message) {
  throw Error(ErrorKind::auth, "auth.bad_credentials", std::move(message),
              "check the user name and the password that the connect step names");
}

// The library's context: read-only after this, so that every thread may start sessions on it.
Gsasl* context() {
  struct Context {
    Context() {
      if (int rc = gsasl_init(&handle); rc != GSASL_OK) {
        throw Error(ErrorKind::internal, "auth.sasl_library",
                    std::string("GNU SASL did not start: ") + gsasl_strerror(rc));
      }
    }
    ~Context() { gsasl_done(handle); }
    Gsasl* handle = nullptr;
  };
  static Context instance;
  return instance.handle;
}

// SCRAM sends and hashes text only in its prepared form (RFC 4013), which control characters do not
// have. Its flag of this name forbids what is younger than Unicode 3.2 (emoji), and its key
// derivation sets it, too.
bool is_preparable(std::string_view text) {
  char* prepared = nullptr;
  Secret terminated(text);
  int rc = gsasl_saslprep(terminated.reveal().data(), GSASL_ALLOW_UNASSIGNED, &prepared, nullptr);
  if (prepared) {
    explicit_bzero(prepared, strlen(prepared));
    gsasl_free(prepared);
  }
  return rc == GSASL_OK;
}

class GsaslMechanism final : public SaslMechanism {
 public:
  GsaslMechanism(const MechanismFacts& facts, const Credentials& credentials,
                 std::string_view channel_binding)
      : facts_(facts) {
    if (int rc = gsasl_client_start(context(), facts.name, &session_); rc != GSASL_OK) {
      throw Error(ErrorKind::internal, "auth.sasl_library",
                  std::string("GNU SASL cannot do ") + facts.name + ": " + gsasl_strerror(rc));
    }
    set(GSASL_AUTHID, credentials.username);
    // An authzid that names the user says nothing, and some servers refuse it.
    if (!credentials.authzid.empty() && credentials.authzid != credentials.username) {
      set(GSASL_AUTHZID, credentials.authzid);
    }
    set(GSASL_PASSWORD, credentials.password.reveal());
    if (facts.is_bound) set(GSASL_CB_TLS_EXPORTER, base::to_base64(channel_binding));
  }
  GsaslMechanism(const GsaslMechanism&) = delete;
  GsaslMechanism& operator=(const GsaslMechanism&) = delete;

  ~GsaslMechanism() override {
    // The library frees its copies without wiping them.
    for (auto property : {GSASL_PASSWORD, GSASL_SCRAM_SALTED_PASSWORD}) {
      auto* value = const_cast<char*>(gsasl_property_fast(session_, property));
      if (value) explicit_bzero(value, strlen(value));
    }
    gsasl_finish(session_);
  }

  std::string_view name() const noexcept override { return facts_.name; }
  bool client_first() const noexcept override { return facts_.client_first; }
  bool single_step() const noexcept override { return facts_.single_step; }
  bool is_bound() const noexcept override { return facts_.is_bound; }
  // SCRAM's first message names the user only.
  bool has_proved() const noexcept override { return steps_ > (facts_.is_scram ? 1 : 0); }
  bool is_done() const noexcept override { return state_ == State::done; }

  Secret step(std::string_view challenge) override {
    if (state_ == State::failed) throw_bad_challenge("this sign-in attempt has failed already");
    if (state_ == State::done) {
      state_ = State::failed;
      throw_bad_challenge("the server goes on asking after the sign-in was complete");
    }
    State after = State::failed;
    std::swap(state_, after);  // stays failed whatever throws below
    check(challenge);
    ++steps_;

    char* output = nullptr;
    size_t length = 0;
    int rc = gsasl_step(session_, challenge.data(), challenge.size(), &output, &length);
    Secret response(std::string_view(output ? output : "", output ? length : 0));
    if (output) {
      explicit_bzero(output, length);
      gsasl_free(output);
    }
    if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) throw_for(rc);
    state_ = rc == GSASL_OK ? State::done : State::going;
    return response;
  }

 private:
  enum class State { going, done, failed };

  void set(Gsasl_property property, std::string_view value) {
    if (gsasl_property_set_raw(session_, property, value.data(), value.size()) != GSASL_OK)
      throw std::bad_alloc();
  }

  void check(std::string_view challenge) const {
    if (challenge.size() > sasl_limits.challenge_bytes)
      throw_bad_challenge("the server's sign-in message is too long");
    if (facts_.is_scram && steps_ > 0) check_scram_challenge(challenge);
  }

  [[noreturn]] void throw_for(int rc) const {
    switch (rc) {
      case GSASL_MALLOC_ERROR:
        throw std::bad_alloc();
      case GSASL_AUTHENTICATION_ERROR:
      case GSASL_INTEGRITY_ERROR:
        break;
      default:
        // A signature that cannot be read proves as little as a wrong one.
        if (facts_.is_scram && steps_ >= 3) break;
        throw_bad_challenge(std::string("the server's ") + facts_.name +
                            " message makes no sense (" + gsasl_strerror(rc) + ")");
    }
    throw_server_not_verified();
  }

  const MechanismFacts& facts_;
  Gsasl_session* session_ = nullptr;
  State state_ = State::going;
  int steps_ = 0;
};

}  // namespace

std::unique_ptr<SaslMechanism> choose_mechanism(std::span<const std::string> offered,
                                                const Credentials& credentials,
                                                bool stream_is_private,
                                                std::string_view channel_binding) {
  constexpr std::string_view nul("\0", 1);
  if (credentials.username.empty()) throw_bad_credentials("the user name is empty");
  if (credentials.password.empty()) throw_bad_credentials("the password is empty");
  if (credentials.username.contains(nul) || credentials.authzid.contains(nul) ||
      credentials.password.reveal().contains(nul)) {
    throw_bad_credentials("the user name or the password contains a NUL byte");
  }
  bool scram_can_write_them = is_preparable(credentials.username) &&
                              is_preparable(credentials.authzid) &&
                              is_preparable(credentials.password.reveal());
  bool needs_authzid = !credentials.authzid.empty() && credentials.authzid != credentials.username;
  auto is_offered = [&](const MechanismFacts& facts) {
    return std::ranges::any_of(
        offered, [&](const std::string& name) { return base::ascii_iequals(name, facts.name); });
  };
  bool server_binds = std::ranges::any_of(
      mechanisms, [&](const auto& facts) { return facts.is_bound && is_offered(facts); });
  for (const auto& facts : mechanisms) {
    if (facts.shows_password && !stream_is_private) continue;
    if (facts.is_scram && !scram_can_write_them) continue;
    if (facts.is_bound && channel_binding.empty()) continue;
    if (needs_authzid && !facts.carries_authzid) continue;
    if (!is_offered(facts)) continue;
    if (facts.is_scram && !channel_binding.empty() && !server_binds)
      return make_downgrade_checked_scram(facts.hash, credentials);
    return std::make_unique<GsaslMechanism>(facts, credentials, channel_binding);
  }
  return nullptr;
}

}  // namespace postroom::auth
