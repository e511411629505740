// Scanner: reads the tokens of one complete response in place (RFC 9051 section 9). Nothing is
// allocated.
//
// The first thing that does not fit makes it fail for good: later reads return empty values, so
// that a grammar reads straight on and asks once, at its end. Lenient where real servers are:
// several spaces for one, NIL in any case, unquoted strings where a string is due, quotes inside
// quotes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "imap/wire/text.hpp"

namespace postroom::imap::wire {

// Stands in the receive buffer instead of the "{" of a literal whose bytes went elsewhere. No
// server sends it: it is no CHAR of the grammar outside literals.
inline constexpr char detached_mark = '\x01';

class Scanner {
 public:
  explicit Scanner(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  bool ok() const noexcept { return expected_ == nullptr; }
  bool at_end() const noexcept { return at_ >= text_.size(); }
  char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  std::size_t position() const noexcept { return at_; }
  std::string_view rest() const noexcept { return text_.substr(at_); }
  std::string_view since(std::size_t position) const noexcept {
    return text_.substr(position, at_ - position);
  }

  void fail(const char* expected) noexcept;
  const char* expected() const noexcept { return expected_; }
  std::size_t failed_at() const noexcept { return failed_at_; }
  // It failed because the text ends directly behind the head of a literal ("... {500}\r\n").
  bool stopped_at_literal() const noexcept { return stopped_at_literal_; }
  std::uint64_t literal_size() const noexcept { return literal_size_; }

  bool accept(char c) noexcept;
  bool accept_word(std::string_view word) noexcept;  // a whole atom
  void expect(char c) noexcept;
  void space() noexcept;  // one or more
  void skip_spaces() noexcept;

  std::string_view atom() noexcept;  // up to a space, parenthesis, quote, brace, bracket or the end
  std::string_view word() noexcept;  // up to a space, parenthesis or the end
  std::uint64_t number(std::uint64_t max = UINT64_MAX) noexcept;
  Text astring() noexcept;
  Text nstring() noexcept;
  // What stands between matching parentheses, strings skipped; empty for NIL.
  std::string_view list() noexcept;
  void skip_value() noexcept;

 private:
  Text string() noexcept;
  Text quoted() noexcept;
  Text literal() noexcept;

  std::string_view text_;
  std::size_t at_;
  const char* expected_ = nullptr;
  std::size_t failed_at_ = 0;
  std::uint64_t literal_size_ = 0;
  bool stopped_at_literal_ = false;
};

}  // namespace postroom::imap::wire
