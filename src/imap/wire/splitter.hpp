// Splitter: finds where a response ends, before anybody looks at what it means.
//
// Owns: the receive buffer. Does not know: I/O, or any response. A response is one or more lines,
// joined by literals
// ("{5}\r\n" and five bytes; RFC 9051 section 4.3). A reply that cannot be understood therefore
// costs that reply only.
//
//   while (true) {
//     auto found = splitter.find();       // an error: framing is lost, close
//     response: use splitter.response(), then drop_response()
//     literal:  keep_literal(); or detach_literal(), and take_literal() until literal_left() == 0
//     nothing:  n = read(splitter.room()); splitter.received(n)
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "imap/wire/limits.hpp"

namespace postroom::imap::wire {

class Splitter {
 public:
  enum class Found { nothing, response, literal };

  explicit Splitter(Limits limits = {}) : limits_(limits) {}

  // Where the next bytes may be read to, at least 4 KiB. Ends the life of every view that was
  // handed out.
  std::span<char> room();
  void received(std::size_t n) noexcept { tail_ += n; }

  std::expected<Found, base::Error> find();

  // The whole response without its last line end. A detached literal is only its head,
  // `detached_mark` for the "{".
  std::string_view response() const noexcept;
  void drop_response() noexcept;

  // A literal above Limits::buffered_literal: the response so far, with the literal's head at its
  // end.
  std::string_view literal_head() const noexcept { return view(head_, scan_); }
  std::uint64_t literal_size() const noexcept { return literal_; }
  // Into the buffer with it, up to Limits::kept_literal.
  bool may_keep_literal() const noexcept { return literal_ <= limits_.kept_literal; }
  void keep_literal() noexcept;
  void detach_literal() noexcept;
  std::uint64_t literal_left() const noexcept { return left_; }
  // The bytes of a detached literal that are here; empty: read more. Valid until the next call of
  // anything.
  std::string_view take_literal() noexcept;

  // Nothing is buffered behind the current response: the condition for STARTTLS.
  bool is_drained() const noexcept { return (found_ ? end_ : head_) == tail_; }
  bool has_greeting() const noexcept { return greeted_; }
  std::size_t capacity() const noexcept { return capacity_; }

 private:
  std::string_view view(std::size_t from, std::size_t to) const noexcept {
    return {data_.get() + from, to - from};
  }
  void forget_taken() noexcept;
  bool starts_badly() const noexcept;
  // The size in "{n}" or "{n+}" at the end of the line, which ends before its line end.
  bool ends_in_literal(std::string_view line);

  Limits limits_;
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t head_ = 0;       // the response's first byte
  std::size_t line_ = 0;       // its current line's first byte
  std::size_t scan_ = 0;       // searched up to here
  std::size_t tail_ = 0;       // received up to here
  std::size_t end_ = 0;        // of a found response, line end included
  std::size_t taken_ = 0;      // bytes at scan_ that take_literal handed out
  std::size_t brace_ = 0;      // where the last literal's head starts
  std::uint64_t literal_ = 0;  // size of the last literal
  std::uint64_t left_ = 0;     // of a detached literal
  std::size_t waiting_ = 0;    // bytes at scan_ of a literal that is kept
  std::size_t blanks_ = 0;     // lines in a row
  bool found_ = false;
  bool asks_ = false;    // a literal waits for keep_literal or detach_literal
  bool status_ = false;  // a line of free text, which may end like a literal by chance
  bool greeted_ = false;
  bool hungry_ = false;  // the last read filled its room
};

}  // namespace postroom::imap::wire
