#include "mime/file_name.hpp"

#include <array>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/fold.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t max_extension_bytes =
    20;  // ".xml.p7m" and the like; longer is part of the name

bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || base::is_bidi_control(c) || c == 0x200B ||
         c == 0x2028 || c == 0x2029 || c == 0x2060 || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

bool is_forbidden(char32_t c) {
  return c == 0xFFFD ||
         (c < 0x80 && std::string_view("/\\<>:\"|?*").contains(static_cast<char>(c)));
}

void trim_end(std::string& name) {
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
}

void trim_start(std::string& name) {
  std::size_t first = name.find_first_not_of(". ");
  name.erase(0, first == std::string::npos ? name.size() : first);
}

// Windows opens a device for these, with any extension.
bool is_device(std::string_view name) {
  std::string stem = base::ascii_lower(base::trim(name.substr(0, name.find('.'))));
  constexpr std::array<std::string_view, 6> devices{"con", "prn",    "aux",
                                                    "nul", "conin$", "conout$"};
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
