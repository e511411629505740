#include "auth/hmac.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/error.hpp"

namespace postroom::auth {

std::string hmac(ScramHash hash, std::string_view key, std::string_view message) {
  const EVP_MD* digest = hash == ScramHash::sha256 ? EVP_sha256() : EVP_sha1();
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(message.data());
  if (!HMAC(digest, key.data(), static_cast<int>(key.size()), data, message.size(), bytes,
            &length)) {
    throw base::Error(base::ErrorKind::internal, "auth.hmac", "OpenSSL refused to compute a HMAC");
  }
  std::string out(reinterpret_cast<const char*>(bytes), length);
  OPENSSL_cleanse(bytes, sizeof bytes);
  return out;
}

bool is_same_secret(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace postroom::auth
