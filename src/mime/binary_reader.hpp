// BinaryReader: numbers and stretches of a stranger's bytes, never beyond their end. After the
// first read that does not fit it has failed and gives zeros and nothing. Inside mime.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace postroom::mime {

class BinaryReader {
 public:
  explicit BinaryReader(std::string_view bytes) : bytes_(bytes) {}

  std::size_t left() const noexcept { return bytes_.size(); }
  bool has_failed() const noexcept { return failed_; }
  std::string_view rest() const noexcept { return bytes_; }

  std::string_view take(std::size_t count) noexcept {
    if (count > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  // Least significant byte first (TNEF, LZFu).
  std::uint64_t little(std::size_t count) noexcept {
    std::uint64_t value = 0;
    std::string_view taken = take(count);
    for (std::size_t i = taken.size(); i-- > 0;)
      value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  std::uint16_t little16() noexcept { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t little32() noexcept { return static_cast<std::uint32_t>(little(4)); }

  // Most significant byte first (AppleSingle).
  std::uint32_t big(std::size_t count) noexcept {
    std::uint32_t value = 0;
    for (char c : take(count)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

}  // namespace postroom::mime
