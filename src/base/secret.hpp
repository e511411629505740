// Secret: a value that must not be seen. Wiped when it goes; no formatter, no comparison, no stream
// operator, so that it cannot slip into a log or an error. `reveal()` is its only reader: grep for
// it to see who looks.
#pragma once

#include <string>
#include <string_view>

namespace postroom::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view value) : value_(value) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  std::string_view reveal() const noexcept { return value_; }
  bool empty() const noexcept { return value_.empty(); }

 private:
  void wipe() noexcept;
  std::string value_;
};

// Overwrites `bytes` so that the compiler cannot drop it.
void wipe(std::string& bytes) noexcept;

}  // namespace postroom::base
