#include "smtp/wire/dot_stuffer.hpp"

namespace postroom::smtp {

void DotStuffer::append(std::string_view piece, std::string& out) {
  if (after_cr_ && !piece.empty()) {
    after_cr_ = false;
    if (piece[0] == '\n') piece.remove_prefix(1);
  }
  while (!piece.empty()) {
    if (at_line_start_ && piece[0] == '.' && dots_ == Dots::stuffed) out += '.';
    // memchr twice beats find_first_of: lines are long and rarely hold a CR anywhere but at their
    // end.
    auto end = piece.find('\n');
    auto cr = piece.substr(0, end).find('\r');
    if (cr != std::string_view::npos) end = cr;
    if (end == std::string_view::npos) {
      out += piece;
      at_line_start_ = false;
      return;
    }
    bool is_cr = piece[end] == '\r';
    out += piece.substr(0, end);
    out += "\r\n";
    at_line_start_ = true;
    piece.remove_prefix(end + 1);
    if (!is_cr) continue;
    if (piece.empty()) {
      after_cr_ = true;
    } else if (piece[0] == '\n') {
      piece.remove_prefix(1);
    }
  }
}

void DotStuffer::finish(std::string& out) {
  if (!at_line_start_) out += "\r\n";
  if (dots_ == Dots::stuffed) out += ".\r\n";
  at_line_start_ = true;
  after_cr_ = false;
}

}  // namespace postroom::smtp
