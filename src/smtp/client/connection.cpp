#include "smtp/client/connection.hpp"

#include <optional>

#include "base/error.hpp"
#include "smtp/limits.hpp"

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
  std::optional<base::Instant> begun;
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
    std::size_t n = co_await stream_->read_some(buffer_);
    if (n == 0) throw closed_error("the server closed the connection");
    unread_ = std::string_view(buffer_.data(), n);
    last_heard_ = clock_.now();
    if (!begun) begun = last_heard_;
    if (last_heard_ - *begun > limits.whole_reply) {
      throw Error(ErrorKind::timed_out, "smtp.dripping_reply",
                  "the server sends its answer byte by byte and does not end it",
                  "the server, or something before it, is broken or hostile: check host and port")
          .set_transient(true);
    }
  }
}

Task<void> Connection::write(std::string_view lines) {
  if (!open_) throw closed_error("the connection is closed");
  try {
    co_await stream_->write(lines);
  } catch (...) {
    close();
    throw;
  }
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
