// SCRAM with the flag "y". GNU SASL 2.2.0 has it in its server but cannot send it: its client fails
// on its own check (docs/decisions/0005). Nonce, preparation and key derivation are GNU SASL's; the
// messages are RFC 5802 sections 3, 5 and 7.
#include <array>

#include <gsasl.h>

#include "auth/hmac.hpp"
#include "auth/scram.hpp"
#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace postroom::auth {
namespace {

using base::Secret;

constexpr std::string_view flag = "y,";

std::string fresh_nonce() {
  std::array<char, 18> bytes;
  if (gsasl_nonce(bytes.data(), bytes.size()) != GSASL_OK) {
    throw base::Error(base::ErrorKind::internal, "auth.sasl_library",
                      "the system gives no random bytes");
  }
  return base::to_base64({bytes.data(), bytes.size()});
}

// saslname: "," and "=" would end an attribute.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == ',') {
      out += "=2C";
    } else if (c == '=') {
      out += "=3D";
    } else {
      out += c;
    }
  }
  return out;
}

std::string prepared(const std::string& text) {
  char* made = nullptr;
  if (gsasl_saslprep(text.c_str(), GSASL_ALLOW_UNASSIGNED, &made, nullptr) != GSASL_OK)
    throw_bad_challenge("the user name has no prepared form");
  std::string out(made);
  gsasl_free(made);
  return out;
}

class DowngradeCheckedScram final : public SaslMechanism {
 public:
  DowngradeCheckedScram(ScramHash hash, const Credentials& credentials)
      : hash_(hash), password_(credentials.password), nonce_(fresh_nonce()) {
    header_ = flag;
    if (!credentials.authzid.empty() && credentials.authzid != credentials.username)
      header_ += "a=" + escaped(credentials.authzid);
    header_ += ',';
    first_ = "n=" + escaped(prepared(credentials.username)) + ",r=" + nonce_;
  }

  std::string_view name() const noexcept override {
    return hash_ == ScramHash::sha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-1";
  }
  bool client_first() const noexcept override { return true; }
  bool single_step() const noexcept override { return false; }
  bool has_proved() const noexcept override { return has_proved_; }
  bool is_done() const noexcept override { return next_ == Next::nothing; }

  Secret step(std::string_view challenge) override {
    Next now = Next::failed;
    std::swap(now, next_);  // stays failed whatever throws below
    if (challenge.size() > sasl_limits.challenge_bytes)
      throw_bad_challenge("the server's sign-in message is too long");
    switch (now) {
      case Next::first:
        next_ = Next::proof;
        return Secret(header_ + first_);
      case Next::proof: {
        check_scram_challenge(challenge);
        Secret proof = prove(challenge);
        has_proved_ = true;
        next_ = Next::verdict;
        return proof;
      }
      case Next::verdict:
        check_scram_challenge(challenge);
        verify(challenge);
        next_ = Next::nothing;
        return {};
      case Next::nothing:
        throw_bad_challenge("the server goes on asking after the sign-in was complete");
      case Next::failed:
        break;
    }
    throw_bad_challenge("this sign-in attempt has failed already");
  }

 private:
  enum class Next { first, proof, verdict, nothing, failed };

  Secret prove(std::string_view server_first) {
    const std::string_view nonce = scram_attribute(server_first, 'r');
    const auto salt = base::from_base64(scram_attribute(server_first, 's'));
    const auto iterations = base::to_number(scram_attribute(server_first, 'i'));
    // An extension that we must understand ("m=") comes first, so that "r=" first excludes it.
    const bool makes_sense = server_first.starts_with("r=") && nonce.size() > nonce_.size() &&
                             nonce.starts_with(nonce_) && salt && !salt->empty() && iterations &&
                             *iterations > 0;
    if (!makes_sense)
      throw_bad_challenge("the server's " + std::string(name()) + " message makes no sense");

    const std::string without_proof = "c=" + base::to_base64(header_) + ",r=" + std::string(nonce);
    const std::string signed_text = first_ + "," + std::string(server_first) + "," + without_proof;
    const std::size_t size = hash_ == ScramHash::sha256 ? 32 : 20;
    std::string salted(size, '\0'), client_key(size, '\0'), server_key(size, '\0'),
        stored_key(size, '\0');
    const int rc = gsasl_scram_secrets_from_password(
        hash_ == ScramHash::sha256 ? GSASL_HASH_SHA256 : GSASL_HASH_SHA1, password_.reveal().data(),
        static_cast<unsigned int>(*iterations), salt->data(), salt->size(), salted.data(),
        client_key.data(), server_key.data(), stored_key.data());
    if (rc != GSASL_OK)
      throw_bad_challenge(std::string("no key can be derived (") + gsasl_strerror(rc) + ")");
    std::string proof = hmac(hash_, stored_key, signed_text);
    for (std::size_t i = 0; i < size; ++i) proof[i] = static_cast<char>(proof[i] ^ client_key[i]);
    expected_ = hmac(hash_, server_key, signed_text);
    for (std::string* key : {&salted, &client_key, &server_key, &stored_key}) base::wipe(*key);
    return Secret(without_proof + ",p=" + base::to_base64(proof));
  }

  void verify(std::string_view server_final) const {
    const auto signature = base::from_base64(scram_attribute(server_final, 'v'));
    if (!server_final.starts_with("v=") || !signature || !is_same_secret(*signature, expected_))
      throw_server_not_verified();
  }

  ScramHash hash_;
  Secret password_;
  std::string nonce_;
  std::string header_;    // gs2-header
  std::string first_;     // client-first-message-bare
  std::string expected_;  // the server's signature
  Next next_ = Next::first;
  bool has_proved_ = false;
};

}  // namespace

std::unique_ptr<SaslMechanism> make_downgrade_checked_scram(ScramHash hash,
                                                            const Credentials& credentials) {
  return std::make_unique<DowngradeCheckedScram>(hash, credentials);
}

}  // namespace postroom::auth
