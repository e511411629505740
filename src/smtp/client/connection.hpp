// Connection: whole replies in, whole lines out, over one Stream.
//
// Owns the stream and its read buffer. Does not know which command a reply answers. Whatever throws
// here has closed the stream: an SMTP conversation that lost its step cannot be continued.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "net/pace.hpp"
#include "net/stream.hpp"
#include "smtp/transcript.hpp"
#include "smtp/wire/reply.hpp"

namespace postroom::smtp {

using base::Task;

class Connection {
 public:
  // `transcript` may be null; it and `clock` outlive this.
  Connection(std::unique_ptr<net::Stream> stream, Transcript* transcript, const base::Clock& clock);

  // Throws Error{network, "net.closed"} when the peer has finished, Error{protocol,
  // "smtp.bad_reply"}, Error{timed_out, "smtp.too_slow"} for a reply that drips (set_pace), and
  // what the stream throws.
  Task<Reply> read_reply();

  // `lines` end in CRLF and live until this is done. Log them first, with log_client. Everything
  // asked before has been answered: a reply that is here already answers nothing, and whatever
  // comes behind it would be taken for the answer to something else. Throws Error{protocol,
  // "smtp.unexpected_reply"} for one, and what to_error says of a 421.
  Task<void> write(std::string_view lines);
  void log_client(std::string_view line) noexcept;

  // TLS from here on. Throws Error{tls, "tls.injected"} if the peer has sent anything behind its
  // last reply: bytes that arrived in the clear must not count as sent under TLS (RFC 3207
  // section 4.2).
  Task<void> start_tls();

  // The peer was heard within limits.fresh: it is hardly gone.
  bool is_fresh() const;
  // For each reply from its first byte on; see net/pace.hpp.
  void set_pace(net::PaceLimits limits) noexcept { pace_ = net::Pace(limits); }

  bool is_open() const noexcept { return open_; }
  void close() noexcept;
  net::Stream& stream() noexcept { return *stream_; }
  const net::Stream& stream() const noexcept { return *stream_; }

 private:
  Task<Reply> read_reply_unguarded();
  Task<void> refuse_strays();

  std::unique_ptr<net::Stream> stream_;
  Transcript* transcript_;
  const base::Clock& clock_;
  base::Instant last_heard_{};
  ReplyParser parser_;
  std::array<char, 4096> buffer_;
  std::string_view unread_;  // of buffer_
  net::Pace pace_{net::PaceLimits{}};
  bool open_ = true;
};

}  // namespace postroom::smtp
