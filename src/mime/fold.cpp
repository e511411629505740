#include "mime/fold.hpp"

#include <glib.h>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace postroom::mime {
namespace {

// GLib sorts a run of combining marks in quadratic time, so text goes to it in pieces; a piece ends
// before an ASCII character where there is one.
constexpr std::size_t piece_bytes = 1024;
constexpr std::size_t longest_piece = 4 * piece_bytes;

std::string_view next_piece(std::string_view text) {
  if (text.size() <= piece_bytes) return text;
  std::size_t limit = std::min(text.size(), longest_piece);
  for (std::size_t at = piece_bytes; at < limit; ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x80) return text.substr(0, at);
  }
  return base::truncate_utf8(text, longest_piece);
}

std::string normalized(std::string_view text, GNormalizeMode mode) {
  gchar* made = g_utf8_normalize(text.data(), static_cast<gssize>(text.size()), mode);
  if (made == nullptr) return std::string(text);
  std::string out(made);
  g_free(made);
  return out;
}

std::string case_folded(std::string_view text) {
  gchar* made = g_utf8_casefold(text.data(), static_cast<gssize>(text.size()));
  std::string out(made);
  g_free(made);
  return out;
}

// Valid UTF-8 without NUL, at which GLib would stop.
std::string cleaned(std::string_view text) {
  std::string out = base::to_valid_utf8(text);
  for (char& c : out) {
    if (c == '\0') c = ' ';
  }
  return out;
}

}  // namespace

std::string fold(std::string_view utf8) {
  if (base::is_ascii(utf8)) return base::ascii_lower(utf8);
  std::string clean = cleaned(utf8);
  std::string out;
  out.reserve(clean.size());
  for (std::string_view rest = clean; !rest.empty();) {
    std::string_view piece = next_piece(rest);
    rest.remove_prefix(piece.size());
    if (base::is_ascii(piece)) {
      out += base::ascii_lower(piece);
    } else {
      std::string folded = case_folded(normalized(piece, G_NORMALIZE_ALL_COMPOSE));
      out += normalized(folded, G_NORMALIZE_ALL_COMPOSE);
    }
  }
  return out;
}

bool contains_folded(std::string_view text, std::string_view needle) {
  return needle.empty() || fold(text).contains(fold(needle));
}

bool equals_folded(std::string_view a, std::string_view b) { return fold(a) == fold(b); }

std::string to_nfc(std::string_view utf8) {
  if (base::is_ascii(utf8)) return std::string(utf8);
  std::string clean = cleaned(utf8);
  std::string out;
  for (std::string_view rest = clean; !rest.empty();) {
    std::string_view piece = next_piece(rest);
    rest.remove_prefix(piece.size());
    out += normalized(piece, G_NORMALIZE_DEFAULT_COMPOSE);
  }
  return out;
}

}  // namespace postroom::mime
