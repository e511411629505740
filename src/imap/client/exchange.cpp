#include "imap/client/exchange.hpp"

#include "imap/client/refusal.hpp"

namespace postroom::imap {

Piece Exchange::answer(std::string_view challenge) { throw stray_continuation(challenge); }

base::Error Exchange::stray_continuation(std::string_view text) const {
  base::Error error(base::ErrorKind::protocol, "imap.unexpected_continuation",
                    "the server asks for more of a command that was complete");
  error.set_server_text(text);
  return error;
}

base::Error Exchange::error_of(const wire::Status& status) const {
  return refusal_error(status, name_);
}

void Exchange::finish_part(std::size_t part, const wire::Status& status) {
  if (status.condition == wire::Condition::ok || !is_refusal(status)) {
    accept(part, status);
  } else {
    base::Error error = error_of(status);
    refuse(part, status, error);
    if (!refusal_) refusal_ = std::move(error);
  }
  if (parts_left_ > 0) --parts_left_;
}

void Exchange::fail(base::Error error) {
  if (!failure_) failure_ = std::move(error);
}

void Exchange::throw_if_broken() const {
  if (failure_) throw *failure_;
}

void Exchange::throw_if_failed() const {
  throw_if_broken();
  if (refusal_) throw *refusal_;
}

std::vector<Piece> pieces_of(const CommandText& text) {
  std::vector<Piece> pieces;
  std::size_t from = 0;
  for (std::size_t wait : text.waits()) {
    pieces.push_back(
        {.bytes = text.bytes().substr(from, wait - from), .then = WaitFor::continuation});
    from = wait;
  }
  pieces.push_back({.bytes = text.bytes().substr(from)});
  return pieces;
}

}  // namespace postroom::imap
