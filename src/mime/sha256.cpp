#include "mime/sha256.hpp"

#include <glib.h>

namespace postroom::mime {

struct Sha256::Checksum {
  GChecksum* state = g_checksum_new(G_CHECKSUM_SHA256);
  ~Checksum() { g_checksum_free(state); }
};

Sha256::Sha256() : checksum_(std::make_unique<Checksum>()) {}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  g_checksum_update(checksum_->state, reinterpret_cast<const guchar*>(bytes.data()),
                    static_cast<gssize>(bytes.size()));
}

std::string Sha256::hex() { return g_checksum_get_string(checksum_->state); }

std::string sha256_hex(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

}  // namespace postroom::mime
