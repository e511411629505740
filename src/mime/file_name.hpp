// File names made safe: a stranger's text becomes one component of a path and nothing more, on
// Linux and Windows.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

inline constexpr std::size_t max_file_name_bytes =
    120;  // leaves room for numbering below every file system's 255

// Without separators (both, and what looks like them), control, bidi and invisible characters, NUL,
// < > : " | ? *, leading dots, dashes and spaces, trailing dots and spaces, and Windows device
// names (CON, NUL, COM1...); at most 120 bytes with the extension kept; NFC. `fallback` (itself
// made safe) when nothing is left; never empty, never "." or "..". Making a safe name safe changes
// nothing.
std::string safe_file_name(std::string_view name, std::string_view fallback = "attachment");

}  // namespace postroom::mime
