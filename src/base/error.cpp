#include "base/error.hpp"

#include <utility>

#include "base/utf8.hpp"

namespace postroom::base {

std::string_view to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::timed_out:
      return "timed_out";
    case ErrorKind::network:
      return "network";
    case ErrorKind::tls:
      return "tls";
    case ErrorKind::auth:
      return "auth";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::throttled:
      return "throttled";
    case ErrorKind::protocol:
      return "protocol";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::config:
      return "config";
    case ErrorKind::storage:
      return "storage";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

Error::Error(ErrorKind kind, std::string_view code, std::string message, std::string hint)
    : kind_(kind), code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

Error& Error::set_hint(std::string hint) {
  hint_ = std::move(hint);
  return *this;
}

Error& Error::set_server_text(std::string_view text) {
  server_text_ = printable(trim(text));  // its line end is not the reader's
  return *this;
}

Error& Error::set_transient(bool transient) {
  transient_ = transient;
  return *this;
}

Error& Error::set_session_usable(bool usable) {
  session_usable_ = usable;
  return *this;
}

Error& Error::set_retry_after(std::chrono::milliseconds delay) {
  retry_after_ = delay;
  return *this;
}

Error Error::during(std::string_view doing) const {
  Error copy = *this;
  copy.message_ = std::string(doing) + ": " + message_;
  return copy;
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  out.reserve(text.size() < limit ? text.size() : limit);
  std::size_t at = 0;
  while (at < text.size()) {
    Utf8Step step = next_code_point(text, at);
    std::string_view piece = text.substr(at, step.length);
    if (!step.valid) {
      piece = "\xEF\xBF\xBD";
    } else if (step.code_point < 0x20 || (step.code_point >= 0x7F && step.code_point < 0xA0) ||
               is_bidi_control(step.code_point)) {
      piece = step.code_point == '\t' ? " " : "?";
    }
    if (out.size() + piece.size() > limit) break;
    out += piece;
    at += step.length;
  }
  return out;
}

}  // namespace postroom::base
