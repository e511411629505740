#include "smtp/client/connection.hpp"

#include "base/error.hpp"
#include "smtp/limits.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace postroom::smtp {

using base::Error;
using base::ErrorKind;

namespace {

Error closed_error(std::string message) {
  Error closed(ErrorKind::network, "net.closed", std::move(message),
               "it is tried again on a new connection");
  closed.set_transient(true);
  return closed;
}

Error too_slow_error() {
  Error slow(ErrorKind::timed_out, "smtp.too_slow",
             "the server sends its answer a few bytes at a time",
             "the server or the network is overloaded: try again later");
  slow.set_transient(true);
  return slow;
}

}  // namespace

Connection::Connection(std::unique_ptr<net::Stream> stream, Transcript* transcript,
                       const base::Clock& clock)
    : stream_(std::move(stream)), transcript_(transcript), clock_(clock) {}

bool Connection::is_fresh() const {
  const auto silence = clock_.now() - last_heard_;
  return silence >= base::Instant::duration::zero() && silence <= limits.fresh;
}

Task<Reply> Connection::read_reply() {
  if (!open_) throw closed_error("the connection is closed");
  try {
    Reply reply = co_await read_reply_unguarded();
    co_return reply;
  } catch (...) {
    close();
    throw;
  }
}

Task<Reply> Connection::read_reply_unguarded() {
  pace_.begin_again();
  while (true) {
    const std::string_view said = unread_.substr(0, 80);
    auto parsed = parser_.next(unread_);
    if (!parsed) {
      Error error(ErrorKind::protocol, "smtp.bad_reply",
                  "the server sends " + std::string(to_string(parsed.error())),
                  "check host and port: the server may speak another protocol there");
      throw error.set_server_text(said);
    }
    if (*parsed) {
      Reply reply = std::move(**parsed);
      if (transcript_) {
        for (std::size_t i = 0; i < reply.lines.size(); ++i) {
          bool is_last = i + 1 == reply.lines.size();
          transcript_->server_line(std::to_string(reply.code) + (is_last ? ' ' : '-') +
                                   reply.lines[i]);
        }
      }
      co_return reply;
    }
    const bool is_within_reply = !parser_.is_between_replies();
    const auto began = clock_.now();
    std::size_t n = co_await stream_->read_some(buffer_);
    last_heard_ = clock_.now();
    if (is_within_reply) pace_.note(last_heard_ - began, n);
    if (pace_.is_too_slow()) throw too_slow_error();
    if (n == 0) throw closed_error("the server closed the connection");
    unread_ = std::string_view(buffer_.data(), n);
  }
}

Task<void> Connection::write(std::string_view lines) {
  if (!open_) throw closed_error("the connection is closed");
  try {
    co_await refuse_strays();
    co_await stream_->write(lines);
  } catch (...) {
    close();
    throw;
  }
}

Task<void> Connection::refuse_strays() {
  if (unread_.empty() && parser_.is_between_replies()) co_return;
  Reply stray = co_await read_reply_unguarded();
  if (stray.code == 421) throw to_error(stray, Stage::reset);  // its goodbye comes when it likes
  throw unexpected_reply(stray, Stage::reset);
}

void Connection::log_client(std::string_view line) noexcept {
  if (transcript_) transcript_->client_line(line);
}

Task<void> Connection::start_tls() {
  try {
    if (!unread_.empty() || !parser_.is_between_replies()) {
      throw Error(ErrorKind::tls, "tls.injected",
                  "somebody put text behind the server's answer to STARTTLS: the connection is "
                  "being tampered with",
                  "use the implicit TLS port (465), and look for what sits between this machine "
                  "and the server");
    }
    co_await stream_->start_tls();
  } catch (...) {
    close();
    throw;
  }
}

void Connection::close() noexcept {
  if (open_) stream_->close();
  open_ = false;
}

}  // namespace postroom::smtp
