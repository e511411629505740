#include "base/domain_name.hpp"

#include <cstdint>
#include <memory>

#include <idn2.h>

namespace postroom::base {

std::optional<std::string> to_a_labels(std::string_view domain) {
  if (domain.contains('\0')) return std::nullopt;  // the library reads up to it
  char* found = nullptr;
  constexpr int flags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | IDN2_USE_STD3_ASCII_RULES;
  if (::idn2_to_ascii_8z(std::string(domain).c_str(), &found, flags) != IDN2_OK)
    return std::nullopt;
  const std::unique_ptr<char, void (*)(void*)> owned(found, &::idn2_free);
  return std::string(found);
}

}  // namespace postroom::base
