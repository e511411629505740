#include "smtp/wire/content.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

// One OR over all octets: the compiler does sixteen at a time.
bool holds_8bit(std::string_view text) {
  unsigned char all = 0;
  for (char c : text) all |= static_cast<unsigned char>(c);
  return all >= 0x80;
}

}  // namespace

void ContentScanner::append(std::string_view piece) {
  while (!piece.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      const bool is_crlf = piece[0] == '\n';
      (is_crlf ? has_crlf_ : has_bare_cr_) = true;
      if (is_crlf) piece.remove_prefix(1);
      end_line();
      continue;
    }
    auto end = piece.find('\n');
    const auto cr = piece.substr(0, end).find('\r');
    if (cr != std::string_view::npos) end = cr;
    take_text(piece.substr(0, end));
    if (end == std::string_view::npos) return;
    if (piece[end] == '\r') {
      after_cr_ = true;
    } else {
      has_bare_lf_ = true;
      end_line();
    }
    piece.remove_prefix(end + 1);
  }
}

void ContentScanner::take_text(std::string_view text) {
  column_ += text.size();
  found_.has_8bit = found_.has_8bit || holds_8bit(text);
  found_.has_nul = found_.has_nul || text.contains('\0');
  // A longer line is refused anyway; what it says does not matter.
  if (in_header_ && line_.size() <= limits.line_bytes)
    line_ += text.substr(0, limits.line_bytes + 1 - line_.size());
}

void ContentScanner::end_line() {
  if (in_header_) take_header_line();
  found_.wire_bytes += column_ + 2;
  found_.longest_line = std::max(found_.longest_line, column_);
  column_ = 0;
}

void ContentScanner::take_header_line() {
  if (line_.empty()) {
    in_header_ = false;
    return;
  }
  if (line_[0] != ' ' && line_[0] != '\t') {
    const auto colon = line_.find(':');
    field_ = colon == std::string::npos
                 ? std::string()
                 : std::string(base::trim(std::string_view(line_).substr(0, colon)));
  }
  if (base::ascii_iequals(field_, "DKIM-Signature")) is_signed_ = true;
  if (base::ascii_iequals(field_, "Content-Type") &&
      base::ascii_lower(line_).contains("multipart/signed"))
    is_signed_ = true;
  if (!base::is_ascii(line_)) {
    if (found_.utf8_field.empty()) found_.utf8_field = field_.empty() ? "(no name)" : field_;
    if (!base::is_valid_utf8(line_)) found_.has_broken_utf8_field = true;
  }
  line_.clear();
}

Content ContentScanner::finish() {
  if (after_cr_) {
    has_bare_cr_ = true;
    end_line();
  }
  if (column_ > 0) end_line();
  found_.breaks_signature = is_signed_ && (has_bare_cr_ || (has_bare_lf_ && has_crlf_));
  return found_;
}

}  // namespace postroom::smtp
