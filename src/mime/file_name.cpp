#include "mime/file_name.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/fold.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t max_extension_bytes =
    20;  // ".xml.p7m" and the like; longer is part of the name

// Controls, marks that reorder text, and characters that show as nothing or as a blank: with them
// two names look the same, or "a.pdf" hides what follows.
bool is_invisible(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c < 0xA0) || base::is_bidi_control(c)) return true;
  constexpr std::array<std::pair<char32_t, char32_t>, 13> unseen{{{0xAD, 0xAD},
                                                                  {0x034F, 0x034F},
                                                                  {0x115F, 0x1160},
                                                                  {0x17B4, 0x17B5},
                                                                  {0x180B, 0x180F},
                                                                  {0x200B, 0x200D},
                                                                  {0x2028, 0x2029},
                                                                  {0x2060, 0x206F},
                                                                  {0x3164, 0x3164},
                                                                  {0xFEFF, 0xFEFF},
                                                                  {0xFFA0, 0xFFA0},
                                                                  {0xFFF0, 0xFFFB},
                                                                  {0xE0000, 0xE0FFF}}};
  return std::ranges::any_of(
      unseen, [&](const auto& range) { return c >= range.first && c <= range.second; });
}

// Noncharacters are refused by some file systems.
bool is_noncharacter(char32_t c) { return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

// What separates components or means something to a file system or a shell's pattern, and what
// looks like a slash (some systems fold the wide ones into it).
bool is_forbidden(char32_t c) {
  constexpr std::u32string_view slashes = U"\uFF0F\uFF3C\u2044\u2215\u29F8\u29F5\u29F9\u2216\uFE68";
  return c == 0xFFFD || is_noncharacter(c) || slashes.contains(c) ||
         (c < 0x80 && std::string_view("/\\<>:\"|?*").contains(static_cast<char>(c)));
}

// No-break, ideographic and other wide blanks end a name no better than a space.
bool is_blank(char32_t c) {
  return c == ' ' || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

void trim_end(std::string& name) {
  while (!name.empty()) {
    std::size_t start = name.size() - 1;
    while (start > 0 && (static_cast<unsigned char>(name[start]) & 0xC0) == 0x80) --start;
    base::Utf8Step last = base::next_code_point(name, start);
    if (last.code_point != '.' && !is_blank(last.code_point)) return;
    name.resize(start);
  }
}

void trim_start(std::string& name) {
  std::size_t at = 0;
  while (at < name.size()) {
    base::Utf8Step step = base::next_code_point(name, at);
    if (step.code_point != '.' && !is_blank(step.code_point)) break;
    at += step.length;
  }
  name.erase(0, at);
}

// Windows opens a device for these, with any extension.
bool is_device(std::string_view name) {
  std::string stem = base::ascii_lower(base::trim(name.substr(0, name.find('.'))));
  constexpr std::array<std::string_view, 7> devices{"con",    "prn",     "aux",   "nul",
                                                    "conin$", "conout$", "clock$"};
  for (auto device : devices) {
    if (stem == device) return true;
  }
  if (!stem.starts_with("com") && !stem.starts_with("lpt")) return false;
  std::string_view port = std::string_view(stem).substr(3);
  return (port.size() == 1 && port[0] >= '0' && port[0] <= '9') || port == "\u00B9" ||
         port == "\u00B2" || port == "\u00B3";
}

// ".pdf", or two short ones together (".tar.gz", ".xml.p7m"); empty when there is none.
std::string extension_of(std::string_view name) {
  std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot > max_extension_bytes)
    return {};
  std::size_t second = name.rfind('.', dot - 1);
  if (second != std::string_view::npos && second > 0 && dot - second <= 5 && dot - second > 1)
    dot = second;
  return std::string(name.substr(dot));
}

std::string clean(std::string_view raw) {
  // A name longer than this is cut anyway; the work stays bounded.
  constexpr std::size_t longest_input = 64 * 1024;
  if (raw.size() > longest_input) {
    std::string extension = extension_of(raw);
    std::string cut(base::truncate_utf8(raw, longest_input));
    return clean(cut.substr(0, cut.size() / 2) + extension);
  }
  std::string visible;
  for (std::size_t at = 0; at < raw.size();) {
    base::Utf8Step step = base::next_code_point(raw, at);
    at += step.length;
    char32_t c = step.valid ? step.code_point : 0xFFFD;
    if (is_invisible(c)) continue;
    base::append_utf8(visible, is_forbidden(c) ? U'_' : c);
  }
  std::string name = to_nfc(visible);
  trim_start(name);
  trim_end(name);
  // To a program that is given it as an argument it would be an option.
  if (name.starts_with('-')) name[0] = '_';
  if (is_device(name)) name.insert(0, "_");
  if (name.size() > max_file_name_bytes) {
    std::string extension = extension_of(name);
    std::string_view stem = std::string_view(name).substr(0, name.size() - extension.size());
    std::string cut(base::truncate_utf8(stem, max_file_name_bytes - extension.size()));
    trim_end(cut);
    name = cut + extension;
    trim_end(name);
  }
  return name;
}

}  // namespace

std::string safe_file_name(std::string_view name, std::string_view fallback) {
  std::string safe = clean(name);
  if (safe.empty()) safe = clean(fallback);
  if (safe.empty()) safe = "attachment";
  return safe;
}

}  // namespace postroom::mime
