#include "net/tls_policy.hpp"

#include "base/base64.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace postroom::net {

std::string parse_pin(std::string_view text) {
  std::string_view digest = base::trim(text);
  for (std::string_view prefix : {"sha256//", "sha256/"}) {
    if (!digest.starts_with(prefix)) continue;
    digest.remove_prefix(prefix.size());
    break;
  }
  auto bytes = base::from_base64(digest);
  if (!bytes || bytes->size() != 32) {
    throw base::Error(base::ErrorKind::config, "tls.bad_pin",
                      "\"" + base::printable(text, 100) + "\" is not the SHA-256 of a key",
                      "write the 44 characters of base64; a connection with a wrong one shows the "
                      "server's own");
  }
  return base::to_base64(*bytes);
}

}  // namespace postroom::net
