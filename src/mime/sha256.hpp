// SHA-256 of bytes as they pass (FIPS 180-4, by GLib): what saved files and fingerprints are told
// apart by.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace postroom::mime {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  // 64 hex digits; ends it: no update may follow.
  std::string hex();

 private:
  struct Checksum;
  std::unique_ptr<Checksum> checksum_;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace postroom::mime
