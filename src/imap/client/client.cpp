#include "imap/client/client.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "imap/client/refusal.hpp"

namespace postroom::imap {

using base::Error;
using base::ErrorKind;
using wire::Splitter;

namespace {

Error too_slow() {
  Error error(ErrorKind::timed_out, "imap.too_slow",
              "the server sends its answer a few bytes at a time",
              "the server or the network is overloaded: try again later");
  return error.set_transient(true);
}

}  // namespace

// Breaks the connection unless the work under it came to its end: by an exception, or because its
// coroutine was destroyed while it waited.
class Client::Guard {
 public:
  explicit Guard(Client& client) : client_(client) { client.throw_if_broken(); }
  ~Guard() {
    if (done_) return;
    client_.break_off(Error(ErrorKind::network, "imap.interrupted",
                            "the mail connection was given up in the middle of "
                            "a command")
                          .set_transient(true));
  }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
  void done() noexcept { done_ = true; }

 private:
  Client& client_;
  bool done_ = false;
};

Client::Client(std::unique_ptr<net::Stream> stream, ClientLimits limits, WireLog* log)
    : stream_(std::move(stream)),
      limits_(limits),
      log_(log),
      splitter_(limits.wire),
      reply_pace_(limits.reply),
      command_pace_(limits.command) {}

Client::~Client() { close(); }

void Client::close() noexcept {
  break_off(Error(ErrorKind::network, "imap.closed", "the mail connection is closed")
                .set_transient(true));
}

void Client::break_off(const Error& error) noexcept {
  if (broken_) return;
  broken_ = error;
  broken_->set_session_usable(false);
  stream_->close();
  for (auto& part : in_flight_) part->exchange->fail(*broken_);
  for (auto& part : outbox_) part->exchange->fail(*broken_);
  in_flight_.clear();
  outbox_.clear();
  blocker_.reset();
}

void Client::throw_if_broken() const {
  if (broken_) throw *broken_;
}

void Client::start(std::shared_ptr<Exchange> exchange, std::vector<std::vector<Piece>> parts) {
  throw_if_broken();
  exchange->set_part_count(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto part = std::make_shared<Part>();
    part->exchange = exchange;
    part->index = i;
    part->tag = fmt::format("A{}", next_tag_++);
    for (Piece& piece : parts[i]) part->pieces.push_back(std::move(piece));
    Piece& first = part->pieces.front();
    if (!first.shown.empty()) first.shown.insert(0, part->tag + " ");
    first.bytes.insert(0, part->tag + " ");
    part->pieces.back().bytes += "\r\n";
    outbox_.push_back(std::move(part));
  }
}

void Client::start(std::shared_ptr<Exchange> exchange, const CommandText& text) {
  std::vector<std::vector<Piece>> parts;
  parts.push_back(pieces_of(text));
  start(std::move(exchange), std::move(parts));
}

bool Client::is_enabled(std::string_view extension) const noexcept {
  return std::ranges::any_of(
      enabled_, [&](const std::string& word) { return base::ascii_iequals(word, extension); });
}

void Client::note_enabled(std::string_view extension) {
  if (!is_enabled(extension)) enabled_.emplace_back(extension);
}

bool Client::speaks_rev2() const noexcept {
  return capabilities_.is_rev2_only() || is_enabled("IMAP4rev2");
}

bool Client::can(std::string_view capability) const noexcept {
  if (capabilities_.has(capability)) return true;
  return capabilities_.rev2_includes(capability) && speaks_rev2();
}

bool Client::takes_utf8() const noexcept { return is_enabled("UTF8=ACCEPT") || speaks_rev2(); }

LiteralStyle Client::literal_style() const noexcept {
  if (can("LITERAL+")) return LiteralStyle::plus;
  return can("LITERAL-") ? LiteralStyle::minus : LiteralStyle::synchronizing;
}

CommandStyle Client::command_style() const noexcept {
  return {literal_style(), takes_utf8() ? TextEncoding::utf8 : TextEncoding::ascii};
}

MailboxName Client::name_from(const wire::Text& text) const {
  const std::string name = text.to_string();
  return takes_utf8() ? MailboxName::from_utf8(name) : MailboxName::from_wire(name);
}

Task<void> Client::flush() { co_await write_started(); }

Task<void> Client::wait_for(std::shared_ptr<Exchange> exchange) {
  while (!exchange->is_done()) {
    co_await write_started();
    if (exchange->is_done()) break;
    co_await read_one();
  }
  exchange->throw_if_broken();
}

bool Client::may_start(const Part& part) const noexcept {
  return unanswered_ == 0 ||
         unanswered_ + part.pieces.front().bytes.size() <= limits_.unanswered_bytes;
}

void Client::put(Part& part, const Piece& piece) {
  batch_ += piece.bytes;
  part.sent_bytes += piece.bytes.size();
  unanswered_ += piece.bytes.size();
  if (!log_) return;
  std::string_view shown =
      piece.shown.empty() ? std::string_view(piece.bytes) : std::string_view(piece.shown);
  shown = base::trim(shown.substr(0, shown.find("\r\n")));
  if (!shown.empty()) log_->sent(base::printable(shown, 500));
}

Task<void> Client::write_started() {
  Guard guard(*this);
  try {
    while (!outbox_.empty() && !blocker_) {
      std::shared_ptr<Part> part = outbox_.front();
      if (part->pieces.empty() || (!part->started && part->exchange->is_abandoned())) {
        outbox_.pop_front();
        continue;
      }
      if (!part->started) {
        if (!may_start(*part)) break;
        part->started = true;
        in_flight_.push_back(part);
      }
      Piece piece = std::move(part->pieces.front());
      part->pieces.pop_front();
      if (piece.source) co_await write_source(*piece.source);
      put(*part, piece);
      if (piece.then != WaitFor::nothing) {
        blocker_ = part;
        blocked_on_ = piece.then;
      }
    }
    co_await write_batch();
  } catch (const Error& error) {
    break_off(error);
    throw;
  }
  guard.done();
}

Task<void> Client::write_batch() {
  if (batch_.empty()) co_return;
  std::string bytes = std::exchange(batch_, {});
  co_await stream_->write(bytes);
  base::wipe(bytes);
}

Task<void> Client::write_source(base::ByteSource& source) {
  constexpr std::size_t block = 64u << 10;
  std::uint64_t left = source.size();
  while (left > 0) {
    std::size_t before = batch_.size();
    std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, block));
    batch_.resize(before + wanted);
    std::size_t n = source.read({batch_.data() + before, wanted});
    batch_.resize(before + n);
    if (n == 0) {
      throw Error(ErrorKind::storage, "imap.short_source",
                  "a message to be stored is shorter than it said",
                  "the file may have changed while it was read: try again");
    }
    left -= n;
    if (batch_.size() >= block) co_await write_batch();
  }
}

Task<void> Client::write_line(std::string line) {
  Guard guard(*this);
  try {
    if (log_) log_->sent(line);
    line += "\r\n";
    co_await stream_->write(line);
  } catch (const Error& error) {
    break_off(error);
    throw;
  }
  guard.done();
}

Task<void> Client::fill() {
  const bool is_within_reply = !splitter_.is_drained() || splitter_.literal_left() > 0;
  std::span<char> room = splitter_.room();
  const auto began = std::chrono::steady_clock::now();
  std::size_t n = co_await stream_->read_some(room);
  const auto waited = std::chrono::steady_clock::now() - began;
  if (is_within_reply) reply_pace_.note(waited, n);
  command_pace_.note(waited, n);
  if (reply_pace_.is_too_slow() || command_pace_.is_too_slow()) throw too_slow();
  if (n == 0) {
    Error error(ErrorKind::network, "imap.closed", "the server closed the connection", "try again");
    throw error.set_transient(true);
  }
  splitter_.received(n);
}

Task<void> Client::next_response() {
  splitter_.drop_response();
  deliveries_.clear();
  reply_pace_.begin_again();
  while (true) {
    auto found = splitter_.find();
    if (!found) throw found.error();
    if (*found == Splitter::Found::response) co_return;
    if (*found == Splitter::Found::literal) {
      co_await read_literal();
    } else {
      co_await fill();
    }
  }
}

Task<void> Client::read_literal() {
  std::uint64_t size = splitter_.literal_size();
  LiteralFate fate;
  auto place = wire::parse_literal_place(splitter_.literal_head(), fetch_, limits_.wire);
  for (std::size_t i = 0; place && i < in_flight_.size(); ++i) {
    auto chosen = in_flight_[i]->exchange->place(*place, size);
    if (!chosen) continue;
    fate = *chosen;
    break;
  }
  if (fate.delivery == wire::Delivery::here) {
    if (splitter_.may_keep_literal()) {
      splitter_.keep_literal();
      co_return;
    }
    fate.delivery = wire::Delivery::dropped;
  }
  if (place) deliveries_.push_back(fate.delivery);
  splitter_.detach_literal();
  while (true) {
    std::string_view bytes = splitter_.take_literal();
    if (fate.sink && !bytes.empty()) fate.sink->write(bytes);
    if (splitter_.literal_left() == 0) co_return;
    co_await fill();
  }
}

Task<void> Client::read_one() {
  Guard guard(*this);
  try {
    co_await next_response();
    dispatch(splitter_.response());
  } catch (const Error& error) {
    break_off(error);
    throw *broken_;  // the first cause: a write that goes on meanwhile may have failed before
  }
  guard.done();
}

Task<void> Client::read_greeting() {
  Guard guard(*this);
  try {
    co_await next_response();
    std::string_view text = splitter_.response();
    log_received(text);
    auto parsed = wire::parse_response(text, fetch_, limits_.wire);
    const auto* status = parsed ? std::get_if<wire::Status>(&*parsed) : nullptr;
    if (!status || !status->tag.empty()) {
      Error error(ErrorKind::protocol, "imap.garbage",
                  "the server did not greet as an IMAP server does",
                  "check host and port (IMAP: 993, or 143)");
      throw error.set_server_text(text);
    }
    if (status->condition == wire::Condition::bye || status->condition == wire::Condition::no ||
        status->condition == wire::Condition::bad) {
      throw bye_error(*status);
    }
    preauthenticated_ = status->condition == wire::Condition::preauth;
    greeting_ = base::printable(status->text);
    take_status(*status);
    add_quirks(quirks_, greeting_, capabilities_.to_string());
  } catch (const Error& error) {
    break_off(error);
    throw;
  }
  guard.done();
}

Task<void> Client::upgrade() {
  Guard guard(*this);
  try {
    if (!splitter_.is_drained() || !in_flight_.empty()) {
      throw Error(
          ErrorKind::tls, "tls.injected",
          "somebody put bytes behind the server's consent to STARTTLS",
          "the network between here and the server is not to be trusted; use tls: implicit");
    }
    splitter_.drop_response();
    co_await stream_->start_tls();
    forget_capabilities();  // said without protection (RFC 9051 section 6.2.1)
  } catch (const Error& error) {
    break_off(error);
    throw;
  }
  guard.done();
}

}  // namespace postroom::imap
