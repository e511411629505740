// Hexadecimal digits, which four encodings of mail share. Inside mime.
#pragma once

namespace postroom::mime {

inline constexpr char hex_digits[] = "0123456789ABCDEF";

// 0..15, or -1.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace postroom::mime
