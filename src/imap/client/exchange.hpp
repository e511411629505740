// Exchange: one command between its first byte and its last reply. Each command's file derives its
// own and keeps all that it knows about its replies there.
//
// An exchange is sent in parts: a UID set too long for one line becomes several tagged commands,
// which are refused or accepted one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/error.hpp"
#include "imap/wire/command_text.hpp"
#include "imap/wire/response.hpp"

namespace postroom::imap {

enum class WaitFor {
  nothing,
  continuation,  // "+", or the tagged reply if the server refuses
  reply,         // the tagged reply
};

// Bytes that are written without a pause, and what must come before the next piece.
struct Piece {
  std::string bytes;
  std::string shown;                   // for the log, where bytes must not be seen
  base::ByteSource* source = nullptr;  // written instead of bytes
  WaitFor then = WaitFor::nothing;
};

// What becomes of a large literal.
struct LiteralFate {
  wire::Delivery delivery = wire::Delivery::here;
  base::ByteSink* sink = nullptr;
};

class Exchange {
 public:
  explicit Exchange(std::string_view name) : name_(name) {}
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  std::string_view name() const noexcept { return name_; }  // "UID FETCH"; a literal

  // Offered while a part is in flight, oldest exchange first; true: it was for this one.
  virtual bool take(const wire::Response&) { return false; }
  // A FETCH reply about this message could not be read; true: it was for this one, and whoever
  // reads the result will know.
  virtual bool take_unreadable(Uid) { return false; }
  virtual std::optional<LiteralFate> place(const wire::LiteralPlace&, std::uint64_t) {
    return std::nullopt;
  }
  // The answer to "+ challenge", only asked where a piece waited for it and none follows.
  virtual Piece answer(std::string_view challenge);
  // "+": nothing is to be sent now, and nothing else until its tagged reply (IDLE).
  virtual bool stays_open(std::string_view text) { return (void)text, false; }
  // "+" where nothing waited for it.
  virtual base::Error stray_continuation(std::string_view text) const;
  // What follows in the queue makes no sense if this one is refused (sign-in).
  virtual bool is_gate() const noexcept { return false; }
  virtual bool expects_bye() const noexcept { return false; }

  void finish_part(std::size_t part, const wire::Status& status);
  void fail(base::Error error);
  bool is_done() const noexcept { return parts_left_ == 0 || failure_; }
  bool is_refused() const noexcept { return refusal_.has_value(); }
  const std::optional<base::Error>& refusal() const noexcept { return refusal_; }
  // The first refusal, or why the connection broke.
  void throw_if_failed() const;
  void throw_if_broken() const;
  // Nobody waits for it: what is not sent yet stays unsent.
  void abandon() noexcept { abandoned_ = true; }
  bool is_abandoned() const noexcept { return abandoned_; }
  void set_part_count(std::size_t n) noexcept { parts_left_ = n; }

 protected:
  virtual void accept(std::size_t part, const wire::Status& status) { (void)part, (void)status; }
  virtual void refuse(std::size_t part, const wire::Status& status, const base::Error& error) {
    (void)part, (void)status, (void)error;
  }
  virtual base::Error error_of(const wire::Status& status) const;
  // A NO or BAD that means what it says.
  virtual bool is_refusal(const wire::Status& status) const { return (void)status, true; }

 private:
  std::string_view name_;
  std::size_t parts_left_ = 1;
  std::optional<base::Error> refusal_;
  std::optional<base::Error> failure_;
  bool abandoned_ = false;
};

// Pieces of one part, without tag and last line end: waits where a literal needs "+".
std::vector<Piece> pieces_of(const CommandText& text);

}  // namespace postroom::imap
