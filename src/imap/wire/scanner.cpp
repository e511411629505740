#include "imap/wire/scanner.hpp"

#include <charconv>

#include "base/text.hpp"

namespace postroom::imap::wire {

std::string Text::to_string() const {
  if (kind != Kind::escaped) return kind == Kind::plain ? std::string(raw) : std::string();
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && i + 1 < raw.size()) ++i;
    out += raw[i];
  }
  return out;
}

bool Text::is(std::string_view word) const noexcept {
  return kind == Kind::plain && base::ascii_iequals(raw, word);
}

void Scanner::fail(const char* expected) noexcept {
  if (!expected_) {
    expected_ = expected;
    failed_at_ = at_ < text_.size() ? at_ : text_.size();
  }
  at_ = text_.size();
}

bool Scanner::accept(char c) noexcept {
  if (peek() != c || at_end()) return false;
  ++at_;
  return true;
}

bool Scanner::accept_word(std::string_view word) noexcept {
  std::size_t start = at_;
  if (base::ascii_iequals(atom(), word)) return true;
  at_ = start;
  return false;
}

void Scanner::expect(char c) noexcept {
  if (accept(c)) return;
  switch (c) {
    case '(':
      return fail("an opening parenthesis");
    case ')':
      return fail("a closing parenthesis");
    case ']':
      return fail("a closing bracket");
    default:
      return fail("a separator");
  }
}

void Scanner::space() noexcept {
  if (peek() != ' ') return fail("a space");
  skip_spaces();
}

void Scanner::skip_spaces() noexcept {
  while (peek() == ' ') ++at_;
}

std::string_view Scanner::atom() noexcept {
  auto end = text_.find_first_of(" ()\"{[]\r\n\x01", at_);
  if (end == std::string_view::npos) end = text_.size();
  auto found = text_.substr(at_, end - at_);
  at_ = end;
  return found;
}

std::string_view Scanner::word() noexcept {
  auto end = text_.find_first_of(" ()\r\n", at_);
  if (end == std::string_view::npos) end = text_.size();
  auto found = text_.substr(at_, end - at_);
  at_ = end;
  return found;
}

std::uint64_t Scanner::number(std::uint64_t max) noexcept {
  std::uint64_t n = 0;
  const char* from = text_.data() + at_;
  auto [end, error] = std::from_chars(from, text_.data() + text_.size(), n);
  if (error != std::errc{} || n > max) {
    fail("a number");
    return 0;
  }
  at_ += static_cast<std::size_t>(end - from);
  return n;
}

Text Scanner::quoted() noexcept {
  std::size_t start = ++at_;
  bool escaped = false;
  while (true) {
    auto end = text_.find_first_of("\"\\\r\n", at_);
    if (end == std::string_view::npos || text_[end] == '\r' || text_[end] == '\n') {
      fail("the end of a quoted string");
      return {};
    }
    at_ = end + 1;
    // iCloud and Coremail leave quotes inside a string unescaped: the one that ends it has a
    // separator behind it.
    if (text_[end] == '"' && !at_end() &&
        std::string_view(" ()]\r\n").find(peek()) == std::string_view::npos)
      continue;
    if (text_[end] == '"') {
      return {text_.substr(start, end - start), 0,
              escaped ? Text::Kind::escaped : Text::Kind::plain};
    }
    escaped = true;
    if (!at_end()) ++at_;
  }
}

Text Scanner::literal() noexcept {
  bool detached = peek() == detached_mark;
  ++at_;
  std::uint64_t size = number();
  accept('+');
  if (!accept('}')) fail("the head of a literal");
  accept('\r');
  if (!accept('\n')) fail("a line end behind a literal's head");
  if (!ok()) return {};
  if (detached) return {{}, size, Text::Kind::detached};
  if (size > text_.size() - at_) {
    stopped_at_literal_ = at_end();
    literal_size_ = size;
    fail("the bytes of a literal");
    return {};
  }
  Text found{text_.substr(at_, size), 0, Text::Kind::plain};
  at_ += size;
  return found;
}

Text Scanner::string() noexcept {
  switch (peek()) {
    case '"':
      return quoted();
    case '~':
      ++at_;
      [[fallthrough]];  // literal8, RFC 3516
    case '{':
    case detached_mark:
      return literal();
    default:
      fail("a string");
      return {};
  }
}

Text Scanner::astring() noexcept {
  char c = peek();
  if (c == '"' || c == '{' || c == detached_mark) return string();
  // Brackets are legal in an astring, and servers send unquoted mailbox names with them.
  auto found = word();
  if (found.empty()) fail("a string");
  return {found, 0, Text::Kind::plain};
}

Text Scanner::nstring() noexcept {
  char c = peek();
  if (c == '"' || c == '{' || c == '~' || c == detached_mark) return string();
  auto found = word();
  if (found.empty()) fail("a string or NIL");
  if (base::ascii_iequals(found, "NIL")) return {};
  return {found, 0, Text::Kind::plain};
}

std::string_view Scanner::list() noexcept {
  if (accept_word("NIL")) return {};
  std::size_t start = at_ + 1;
  expect('(');
  for (int depth = 1; ok() && depth > 0;) {
    switch (peek()) {
      case '"':
      case '{':
      case detached_mark:
        string();
        break;
      case '(':
        ++depth;
        ++at_;
        break;
      case ')':
        --depth;
        ++at_;
        break;
      default:
        at_ = text_.find_first_of("()\"{\x01", at_);
        if (at_ == std::string_view::npos) fail("a closing parenthesis");
    }
  }
  return ok() ? text_.substr(start, at_ - 1 - start) : std::string_view{};
}

void Scanner::skip_value() noexcept {
  if (peek() == '(') {
    list();
  } else {
    nstring();
  }
}

}  // namespace postroom::imap::wire
