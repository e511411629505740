// UTF-8 read one character at a time. Pure; knows nothing of mail charsets (mime/charset).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::base {

struct Utf8Step {
  char32_t code_point = 0;
  std::uint8_t length = 1;  // bytes to step over; 1 for an invalid byte
  bool valid = false;
};

// The character at `at` (< text.size()). Overlong forms, surrogates and values above U+10FFFF are
// invalid (RFC 3629).
Utf8Step next_code_point(std::string_view text, std::size_t at) noexcept;

bool is_valid_utf8(std::string_view text) noexcept;
bool is_ascii(std::string_view text) noexcept;

// Appends `code_point` as UTF-8; U+FFFD when it is not a scalar value.
void append_utf8(std::string& out, char32_t code_point);

// Invalid sequences become U+FFFD.
std::string to_valid_utf8(std::string_view text);

// At most `limit` bytes, never cutting a character.
std::string_view truncate_utf8(std::string_view text, std::size_t limit) noexcept;

// The characters that reorder text and so can disguise a file name (U+202A..U+202E, U+2066..U+2069,
// U+200E/F, U+061C).
bool is_bidi_control(char32_t code_point) noexcept;

}  // namespace postroom::base
