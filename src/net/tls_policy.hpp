// TlsPolicy: what makes a peer believable, and who we say we are. Plain data; pins are checked
// here.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::net {

// What makes a peer believable. The system's store is always trusted.
struct TlsPolicy {
  std::filesystem::path extra_ca;  // PEM, one or more certificates; empty: none
  // SHA-256 of the server's public key (SubjectPublicKeyInfo), as parse_pin gives it. With pins the
  // server must show one of these keys, and that stands for an authority's word: a self-signed
  // certificate is fine. Its name and its dates are checked all the same.
  std::vector<std::string> pins = {};
  std::filesystem::path client_certificate = {};  // PEM, our certificate and its chain; empty: none
  std::filesystem::path client_key = {};          // PEM; empty: in the certificate's file
  bool operator==(const TlsPolicy&) const = default;
};

// "sha256//BASE64", as curl writes it, or the base64 alone; 32 bytes. Returns the base64. Throws
// Error{config, "tls.bad_pin"}.
std::string parse_pin(std::string_view text);

}  // namespace postroom::net
