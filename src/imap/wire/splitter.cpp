#include "imap/wire/splitter.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "base/text.hpp"
#include "imap/wire/garbage.hpp"
#include "imap/wire/scanner.hpp"

namespace postroom::imap::wire {
namespace {

constexpr std::size_t small_read = 16u << 10;  // one TLS record
constexpr std::size_t large_read = 64u << 10;

base::Error too_large(std::string_view what, std::uint64_t limit) {
  return base::Error(base::ErrorKind::protocol, "imap.too_large",
                     fmt::format("the server sent {} of more than {} bytes", what, limit),
                     "no mail server does that: check host and port, or tell its administrator");
}

base::Error only_blank_lines() {
  return base::Error(base::ErrorKind::protocol, "imap.flood",
                     "the server sends blank lines without end",
                     "tell the server's administrator, and try again later");
}

// OK, NO, BAD, BYE, PREAUTH and "+" carry text for people.
bool is_status_line(std::string_view line) {
  if (line.starts_with('+')) return true;
  auto space = line.find(' ');
  if (space == std::string_view::npos) return false;
  if (line[0] != '*') return true;
  std::string_view rest = line.substr(space + 1);
  std::string_view word = rest.substr(0, rest.find_first_of(" \r\n"));
  for (std::string_view condition : {"OK", "NO", "BAD", "BYE", "PREAUTH"}) {
    if (base::ascii_iequals(word, condition)) return true;
  }
  return false;
}

}  // namespace

std::span<char> Splitter::room() {
  forget_taken();
  if (head_ == tail_ && !found_) {
    head_ = line_ = scan_ = tail_ = 0;
    if (capacity_ > large_read) {
      data_.reset();
      capacity_ = 0;
    }
  }
  std::size_t wanted = hungry_ ? large_read : small_read;
  std::size_t least = std::size_t{4} << 10;
  if (capacity_ - tail_ < least || (hungry_ && capacity_ < large_read)) {
    std::size_t kept = tail_ - head_;
    if (capacity_ < kept + wanted) {
      std::size_t larger = std::max(kept + wanted, kept > 0 ? capacity_ * 2 : std::size_t{0});
      auto data = std::make_unique_for_overwrite<char[]>(larger);
      if (kept > 0) std::memcpy(data.get(), data_.get() + head_, kept);
      data_ = std::move(data);
      capacity_ = larger;
    } else if (head_ > 0) {
      std::memmove(data_.get(), data_.get() + head_, kept);
    }
    line_ -= head_;
    scan_ -= head_;
    brace_ -= std::min(brace_, head_);
    if (found_) end_ -= head_;
    tail_ = kept;
    head_ = 0;
  }
  return {data_.get() + tail_, capacity_ - tail_};
}

bool Splitter::starts_badly() const noexcept {
  char c = data_[head_];
  if (!greeted_) return c != '*';
  // A blank: the rest of a line that a server broke inside a string. It costs that line.
  return c != '*' && c != '+' && c != 'A' && c != ' ' && c != '\t';
}

bool Splitter::ends_in_literal(std::string_view line) {
  if (!line.ends_with('}')) return false;
  auto brace = line.rfind('{');
  if (brace == std::string_view::npos) return false;
  std::string_view digits = line.substr(brace + 1, line.size() - brace - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), literal_);
  if (error != std::errc{}) literal_ = UINT64_MAX;
  brace_ = line_ + brace;
  return true;
}

std::expected<Splitter::Found, base::Error> Splitter::find() {
  forget_taken();
  if (found_) return Found::response;
  if (asks_) return Found::literal;
  if (left_ > 0) return Found::nothing;
  hungry_ = tail_ == capacity_ && capacity_ > 0;
  while (true) {
    if (waiting_ > 0) {
      if (tail_ - scan_ < waiting_) return Found::nothing;
      scan_ += waiting_;
      line_ = scan_;
      waiting_ = 0;
    }
    if (head_ == tail_) return Found::nothing;
    const char* from = data_.get() + scan_;
    const auto* newline =
        scan_ < tail_ ? static_cast<const char*>(std::memchr(from, '\n', tail_ - scan_)) : nullptr;
    char first = data_[head_];
    if (first != '\r' && first != '\n' && starts_badly()) {
      bool binary = static_cast<unsigned char>(first) < 0x20;
      if (newline || binary || tail_ - head_ >= 8)
        return std::unexpected(garbage_error(view(head_, tail_)));
    }
    if (!newline) {
      scan_ = tail_;
      if (tail_ - line_ > limits_.line) return std::unexpected(too_large("a line", limits_.line));
      return Found::nothing;
    }
    std::size_t next = static_cast<std::size_t>(newline - data_.get()) + 1;
    std::string_view line = view(line_, next - 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line_ == head_) {
      if (line.empty()) {  // some servers send a blank line after a literal
        head_ = line_ = scan_ = next;
        if (++blanks_ > limits_.blank_lines) return std::unexpected(only_blank_lines());
        continue;
      }
      status_ = is_status_line(line);
      blanks_ = 0;
    }
    scan_ = next;
    if (status_ || !ends_in_literal(line)) {
      end_ = next;
      found_ = true;
      greeted_ = true;
      return Found::response;
    }
    if (literal_ > limits_.literal) return std::unexpected(too_large("a literal", limits_.literal));
    if (next - head_ + std::min(literal_, limits_.buffered_literal) > limits_.response) {
      return std::unexpected(too_large("a response", limits_.response));
    }
    if (literal_ > limits_.buffered_literal) {
      asks_ = true;
      return Found::literal;
    }
    waiting_ = static_cast<std::size_t>(literal_);
    line_ = scan_;
  }
}

std::string_view Splitter::response() const noexcept {
  std::string_view all = view(head_, end_ - 1);
  if (all.ends_with('\r')) all.remove_suffix(1);
  return all;
}

void Splitter::drop_response() noexcept {
  if (!found_) return;
  head_ = line_ = scan_ = end_;
  found_ = false;
  if (head_ == tail_) head_ = line_ = scan_ = tail_ = 0;
}

void Splitter::keep_literal() noexcept {
  asks_ = false;
  waiting_ = static_cast<std::size_t>(literal_);
  line_ = scan_;
}

void Splitter::detach_literal() noexcept {
  asks_ = false;
  data_[brace_] = detached_mark;
  left_ = literal_;
  line_ = scan_;
}

std::string_view Splitter::take_literal() noexcept {
  forget_taken();
  taken_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, tail_ - scan_));
  left_ -= taken_;
  hungry_ = left_ > 0;
  return view(scan_, scan_ + taken_);
}

void Splitter::forget_taken() noexcept {
  if (taken_ == 0) return;
  std::memmove(data_.get() + scan_, data_.get() + scan_ + taken_, tail_ - scan_ - taken_);
  tail_ -= taken_;
  taken_ = 0;
}

}  // namespace postroom::imap::wire
