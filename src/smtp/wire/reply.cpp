#include "smtp/wire/reply.hpp"

#include <fmt/format.h>

#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One to three digits off the front of `text`; nothing when there are none or more.
std::optional<std::uint16_t> take_number(std::string_view& text) {
  std::size_t n = 0;
  std::uint16_t value = 0;
  while (n < text.size() && is_digit(text[n])) {
    if (n == 3) return std::nullopt;
    value = static_cast<std::uint16_t>(value * 10 + (text[n++] - '0'));
  }
  if (n == 0) return std::nullopt;
  text.remove_prefix(n);
  return value;
}

}  // namespace

std::string to_string(const EnhancedCode& code) {
  return fmt::format("{}.{}.{}", code.status_class, code.subject, code.detail);
}

std::string Reply::text() const {
  std::string out = std::to_string(code);
  for (const auto& line : lines) {
    if (line.empty()) continue;
    out += ' ';
    out += line;
  }
  return out;
}

std::string_view to_string(ReplyFault fault) noexcept {
  switch (fault) {
    case ReplyFault::not_a_reply:
      return "a line that is no SMTP reply";
    case ReplyFault::codes_differ:
      return "a reply that says yes and no";
    case ReplyFault::line_too_long:
      return "a reply line without end";
    case ReplyFault::reply_too_long:
      return "a reply without end";
  }
  return "a broken reply";
}

EnhancedCode parse_enhanced_code(std::string_view text, int status_class) noexcept {
  EnhancedCode code;
  if (text.size() < 5 || text[1] != '.' || text[0] - '0' != status_class) return {};
  if (status_class != 2 && status_class != 4 && status_class != 5) return {};
  text.remove_prefix(2);
  auto subject = take_number(text);
  if (!subject || !text.starts_with('.')) return {};
  text.remove_prefix(1);
  auto detail = take_number(text);
  if (!detail || !(text.empty() || text[0] == ' ')) return {};
  code.status_class = static_cast<std::uint16_t>(status_class);
  code.subject = *subject;
  code.detail = *detail;
  return code;
}

std::expected<bool, ReplyFault> ReplyParser::add_line(std::string_view line) {
  if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) {
    return std::unexpected(ReplyFault::not_a_reply);
  }
  int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  char separator =
      line.size() > 3 ? line[3] : ' ';  // a bare code is allowed (RFC 5321 section 4.2)
  if (code < 200 || code > 599 || (separator != ' ' && separator != '-')) {
    return std::unexpected(ReplyFault::not_a_reply);
  }
  if (!reply_.lines.empty() && reply_.code / 100 != code / 100) {
    return std::unexpected(ReplyFault::codes_differ);
  }
  reply_.code = code;  // the last line's counts
  std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view{};
  reply_bytes_ += line.size();
  if (reply_.lines.size() >= limits.reply_lines || reply_bytes_ > limits.reply_bytes) {
    return std::unexpected(ReplyFault::reply_too_long);
  }
  if (!reply_.enhanced.is_given()) reply_.enhanced = parse_enhanced_code(text, code / 100);
  reply_.lines.emplace_back(text);
  return separator == ' ';
}

std::expected<std::optional<Reply>, ReplyFault> ReplyParser::next(std::string_view& bytes) {
  while (!bytes.empty()) {
    auto end = bytes.find('\n');
    std::string_view piece = bytes.substr(0, end);
    if (line_.size() + piece.size() > limits.reply_line_bytes)
      return std::unexpected(ReplyFault::line_too_long);
    if (end == std::string_view::npos) {
      line_ += piece;
      bytes = {};
      return std::nullopt;
    }
    bytes.remove_prefix(end + 1);
    std::string_view line = piece;
    if (!line_.empty()) {
      line_ += piece;
      line = line_;
    }
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto is_last = add_line(line);
    line_.clear();
    if (!is_last) return std::unexpected(is_last.error());
    if (*is_last) {
      Reply complete = std::move(reply_);
      reply_ = {};
      reply_bytes_ = 0;
      return complete;
    }
  }
  return std::nullopt;
}

}  // namespace postroom::smtp
