#include "imap/quirks.hpp"

namespace postroom::imap {

Quirks detect_quirks(std::string_view greeting, std::string_view capabilities) {
  Quirks quirks;
  // "* OK Coremail System IMap Server Ready(163com[...])"
  quirks.wants_id = greeting.contains("Coremail");
  // "* OK The Microsoft Exchange IMAP4 service is ready."
  quirks.late_refusal = greeting.contains("Microsoft Exchange");
  quirks.labels = capabilities.contains("X-GM-EXT-1");
  return quirks;
}

}  // namespace postroom::imap
