// Small questions about text that many rooms ask. ASCII only: Unicode folding is mime/fold.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::base {

std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b) noexcept;
std::string_view trim(std::string_view text) noexcept;  // spaces, tabs, CR, LF
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

// The candidate that a typing mistake most likely meant: edit distance at most a third of the
// length, else nothing.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

// A decimal number without sign, nothing else around it; nothing when it is not one or does not
// fit.
std::optional<std::uint64_t> to_number(std::string_view text) noexcept;

// 1 -> "1 message", 3 -> "3 messages", 12000 -> "12,000 messages".
std::string count_of(std::uint64_t n, std::string_view singular);

}  // namespace postroom::base
