// Capabilities: what the server says that it can do (RFC 9051 section 7.2.2). Words compare without
// case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  // IMAP4rev2 is all that the server speaks: no ENABLE is needed for it.
  bool is_rev2_only() const noexcept { return has("IMAP4rev2") && !has("IMAP4rev1"); }
  // Part of IMAP4rev2 (RFC 9051 appendix E), and not removed.
  bool rev2_includes(std::string_view word) const noexcept;
  std::string to_string() const;
  // What the server says now, in place of what it said; what was removed stays so. Nothing: not
  // known.
  void say_anew(std::string_view words);
  // For conformance tests, and for accounts whose server lies.
  void remove(std::string_view word);

 private:
  std::vector<std::string> words_;
  std::vector<std::string> removed_;
};

}  // namespace postroom::imap
