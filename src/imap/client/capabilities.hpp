// Capabilities: what the server says that it can do (RFC 9051 section 7.2.2). Words compare without
// case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command_text.hpp"

namespace postroom::imap {

class Capabilities {
 public:
  Capabilities() = default;
  explicit Capabilities(std::string_view words);

  bool known() const noexcept { return !words_.empty(); }
  bool has(std::string_view word) const noexcept;
  // n of "WORD=n".
  std::optional<std::uint64_t> number_of(std::string_view word) const noexcept;
  // The NAMEs of AUTH=NAME.
  std::vector<std::string> sasl_mechanisms() const;
  LiteralStyle literal_style() const noexcept;
  std::string to_string() const;
  // For conformance tests, and for accounts whose server lies.
  void remove(std::string_view word);

 private:
  std::vector<std::string> words_;
};

}  // namespace postroom::imap
