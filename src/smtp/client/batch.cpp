#include "smtp/client/batch.hpp"

#include <memory>

#include "base/utf8.hpp"
#include "smtp/client/preflight.hpp"
#include "smtp/limits.hpp"
#include "smtp/wire/commands.hpp"
#include "smtp/wire/dot_stuffer.hpp"

namespace postroom::smtp {

using base::ErrorKind;

namespace {

Error uncertain(const Error& cause) {
  Error error(
      cause.kind(), "smtp.uncertain",
      "the message was handed over, but the server's answer was lost (" + cause.message() +
          "): it may have been delivered",
      "look for its Message-ID in the Sent folder or at the recipient before sending it again");
  error.set_server_text(cause.server_text());
  return error;  // not transient: trying again may deliver twice
}

Error not_sent(ErrorKind kind, std::string_view why) {
  Error error(kind, "smtp.not_sent", "the message was not sent: " + std::string(why),
              "it is sent again on a new connection");
  error.set_transient(kind != ErrorKind::cancelled);
  return error;
}

// Nobody takes the message: the recipients' own refusals say why, and one that may pass later keeps
// hope.
Error nobody_accepted(const SendOutcome& outcome) {
  const Error* chosen = nullptr;
  for (const auto& recipient : outcome.recipients) {
    if (recipient.error && (!chosen || (recipient.error->transient() && !chosen->transient()))) {
      chosen = &*recipient.error;
    }
  }
  if (!chosen) return not_sent(ErrorKind::internal, "it has no recipients");
  return outcome.recipients.size() == 1 ? *chosen : chosen->during("no recipient was accepted");
}

}  // namespace

std::string_view to_string(Phase phase) noexcept {
  switch (phase) {
    case Phase::before_data:
      return "before_data";
    case Phase::data_sent:
      return "data_sent";
    case Phase::accepted:
      return "accepted";
    case Phase::refused:
      return "refused";
  }
  return "unknown";
}

Batch::Batch(Connection& connection, BatchTerms& terms, std::span<MailTransaction> mails)
    : connection_(connection), terms_(terms), mails_(mails), outcomes_(mails.size()) {
  for (std::size_t at = 0; at < mails_.size(); ++at)
    outcomes_[at].error = mail_fault(mails_[at], outcomes_[at]);
}

Task<void> Batch::run() {
  try {
    co_await send_all();
    co_return;
  } catch (const Error& error) {
    fail(error);
  } catch (const std::exception& other) {
    fail(Error(ErrorKind::internal, "smtp.internal", other.what()));
  }
}

void Batch::give_up(std::string_view why) {
  Error error = not_sent(ErrorKind::network, why);
  for (std::size_t at = 0; at < outcomes_.size(); ++at) {
    if (is_open_question(at)) outcomes_[at].error = error;
  }
}

// The connection is of no more use. At most the judged message is in doubt; the current one failed
// for this reason; the rest was not begun.
void Batch::fail(const Error& error) {
  connection_.close();
  if (judged_ != none && is_open_question(judged_)) {
    outcomes_[judged_].error =
        outcomes_[judged_].phase == Phase::data_sent ? uncertain(error) : error;
  }
  if (current_ != none && is_open_question(current_)) {
    Error lost = error;
    bool can_pass = error.kind() == ErrorKind::network || error.kind() == ErrorKind::timed_out;
    if (can_pass) lost.set_transient(true);
    lost.set_session_usable(false);
    outcomes_[current_].error = lost;
  }
  for (std::size_t at = 0; at < outcomes_.size(); ++at) {
    if (!is_open_question(at)) continue;
    outcomes_[at].error = error.code() == "smtp.not_sent"
                              ? error
                              : not_sent(error.kind() == ErrorKind::cancelled ? ErrorKind::cancelled
                                                                              : ErrorKind::network,
                                         error.message());
  }
}

void Batch::leave(std::string_view why) {
  current_ = none;
  throw not_sent(ErrorKind::network, why);
}

void Batch::enter(std::size_t at, Phase phase) {
  if (mails_[at].on_phase) mails_[at].on_phase(phase);
  outcomes_[at].phase = phase;
}

// The verdict stands even if the note of it cannot be written.
void Batch::refuse(std::size_t at, Error error) {
  outcomes_[at].error = std::move(error);
  outcomes_[at].phase = Phase::refused;
  if (mails_[at].on_phase) mails_[at].on_phase(Phase::refused);
}

Task<void> Batch::send_all() {
  for (std::size_t at = 0; at < mails_.size(); ++at) {
    if (outcomes_[at].error || !is_sendable(at)) continue;
    current_ = at;
    envelope_ = {};
    if (judged_ == none && fits_chunk(at)) {
      co_await send_by_chunk(at);
    } else {
      co_await send_by_data(at);
    }
    current_ = none;
  }
  if (judged_ != none) co_await flush();
}

// A body that cannot be read, or that this server cannot take, fails its own message only: nothing
// of it has been written.
bool Batch::is_sendable(std::size_t at) {
  try {
    content_ = scan_body(*mails_[at].body);
    outcomes_[at].error = server_fault(mails_[at], content_, terms_.offered, outcomes_[at]);
  } catch (const Error& error) {
    outcomes_[at].error = error;
    outcomes_[at].error->set_session_usable(true);
  }
  outcomes_[at].reports_unsupported = mails_[at].asks_for_reports() && !terms_.offered.dsn;
  return !outcomes_[at].error;
}

Task<void> Batch::send_by_data(std::size_t at) {
  co_await send_envelope(at);
  if (envelope_.data_open && envelope_.accepted > 0 && envelope_.mail_accepted) {
    co_await send_body(at);
    judged_ = at;
    co_return;
  }
  if (envelope_.data_open) co_await withdraw();
  terms_.needs_reset = envelope_.mail_accepted && !envelope_.data_open;
  refuse(at, why_not(at));
}

Error Batch::why_not(std::size_t at) const {
  return envelope_.refusal ? *envelope_.refusal : nobody_accepted(outcomes_[at]);
}

Task<void> Batch::send_envelope(std::size_t at) {
  // Without PIPELINING a message ends before the next one begins.
  if (!terms_.offered.pipelining && judged_ != none) co_await flush();
  std::vector<Asked> asked;
  while (true) {
    asked.clear();
    queue_commands(at, asked);
    if (asked.empty()) co_return;
    co_await flush();
    for (const Asked& one : asked) {
      Reply reply = co_await connection_.read_reply();
      if (reply.code == 421) throw to_error(reply, one.stage);
      take_reply(at, one, reply);
    }
  }
}

// The next group: RSET, MAIL, some RCPT and, behind the last of them, DATA, which must end a group
// (RFC 2920 section 3.1). Without PIPELINING one command is a group.
void Batch::queue_commands(std::size_t at, std::vector<Asked>& asked) {
  auto is_full = [&] { return !terms_.offered.pipelining && !asked.empty(); };
  if (!envelope_.mail_asked) {
    if (terms_.needs_reset) {
      queue_line("RSET");
      asked.push_back({Stage::reset});
      terms_.needs_reset = false;
      if (is_full()) return;
    }
    queue_mail(at, asked);
    envelope_.mail_asked = true;
  } else if (!envelope_.mail_accepted) {
    return;
  }
  const auto& recipients = outcomes_[at].recipients;
  std::size_t room = limits.recipients_per_write;
  for (; envelope_.next_recipient < recipients.size(); ++envelope_.next_recipient) {
    if (recipients[envelope_.next_recipient].error)
      continue;  // no address: never shown to the server
    if (is_full() || room-- == 0) return;
    queue_recipient(at, envelope_.next_recipient, asked);
  }
  // Recipients in this very group may still be accepted.
  bool may_have_recipients =
      envelope_.accepted > 0 || (terms_.offered.pipelining && !asked.empty());
  if (is_full() || envelope_.data_asked || !may_have_recipients) return;
  queue_line("DATA");
  asked.push_back({Stage::data});
  envelope_.data_asked = true;
}

void Batch::queue_mail(std::size_t at, std::vector<Asked>& asked) {
  const MailTransaction& mail = mails_[at];
  const std::string from = wire_form(mail.from);
  MailCommand command{.from = from};
  if (terms_.offered.size) command.size = content_.wire_bytes;
  // A server may offer these before sign-in and refuse them afterwards: ask only where needed.
  command.eight_bit_mime = content_.has_8bit;
  command.smtp_utf8 = needs_utf8(mail, content_, outcomes_[at]);
  if (terms_.offered.dsn) {
    command.return_content = mail.return_content;
    command.envelope_id = mail.envelope_id;
  }
  queue_line(format_mail(command));
  asked.push_back({Stage::mail});
}

void Batch::queue_recipient(std::size_t at, std::size_t recipient, std::vector<Asked>& asked) {
  const MailTransaction& mail = mails_[at];
  const std::string& address = mail.recipients[recipient];
  const std::string wire = wire_form(address);
  RcptCommand command{.address = wire};
  if (terms_.offered.dsn && mail.asks_for_reports()) {
    if (recipient < mail.notify.size()) command.notify = mail.notify[recipient];
    // RFC 6533's form for addresses beyond ASCII is left out: few servers know it.
    if (base::is_ascii(wire)) command.original_recipient = wire;
  }
  queue_line(format_rcpt(command));
  asked.push_back({Stage::rcpt, recipient});
}

void Batch::queue_line(std::string line) {
  connection_.log_client(line);
  queue_ += line;
  queue_ += "\r\n";
}

void Batch::take_reply(std::size_t at, const Asked& asked, const Reply& reply) {
  bool is_refusal = reply.is_transient() || reply.is_permanent();
  switch (asked.stage) {
    case Stage::reset:
      // The recipients of the message before are still named: they must not get this one.
      if (!reply.is_positive()) leave("the server does not drop the message before it");
      return;
    case Stage::mail:
      if (is_refusal) {
        envelope_.refusal = to_error(reply, Stage::mail);
        envelope_.refused_mail = reply;
        return;
      }
      if (!reply.is_positive()) throw unexpected_reply(reply, Stage::mail);
      envelope_.mail_accepted = true;
      return;
    case Stage::rcpt:
      if (reply.is_positive()) {
        // It is added to a message that is not ours to add to.
        if (envelope_.refused_mail) throw unexpected_reply(*envelope_.refused_mail, Stage::mail);
        ++envelope_.accepted;
        return;
      }
      if (!is_refusal) throw unexpected_reply(reply, Stage::rcpt);
      // Behind a refused MAIL every RCPT is "out of sequence": that says nothing of the recipient.
      if (envelope_.mail_accepted)
        outcomes_[at].recipients[asked.recipient].error = to_error(reply, Stage::rcpt);
      return;
    case Stage::data:
      if (reply.code == 354) {
        // Not even a lone dot may follow: it would end somebody else's message.
        if (envelope_.refused_mail) throw unexpected_reply(*envelope_.refused_mail, Stage::mail);
        envelope_.data_open = true;
        return;
      }
      if (!is_refusal) throw unexpected_reply(reply, Stage::data);
      // Without recipients the refusal of DATA is only its echo.
      if (envelope_.accepted > 0 && !envelope_.refusal)
        envelope_.refusal = to_error(reply, Stage::data);
      return;
    default:
      return;
  }
}

// DATA was pipelined and opened although nobody is left to get the message: a lone dot ends it (RFC
// 2920 section 3.1), and whatever the server says to that, nothing was delivered to anybody.
Task<void> Batch::withdraw() {
  connection_.log_client(".");
  queue_ += ".\r\n";
  co_await flush();
  Reply reply = co_await connection_.read_reply();
  if (reply.code == 421) throw to_error(reply, Stage::body);
}

Task<void> Batch::send_body(std::size_t at) {
  base::ByteSource& body = *mails_[at].body;
  connection_.log_client("[message of " + std::to_string(body.size()) + " bytes]");
  body.rewind();
  auto chunk = std::make_unique_for_overwrite<char[]>(limits.body_chunk_bytes);
  std::span<char> into(chunk.get(), limits.body_chunk_bytes);
  DotStuffer stuffer;
  while (std::size_t n = body.read(into)) {
    if (queue_.size() >= limits.body_chunk_bytes) {
      co_await connection_.write(queue_);
      queue_.clear();
    }
    stuffer.append(std::string_view(into.data(), n), queue_);
  }
  stuffer.finish(queue_);  // stays queued: it travels with what comes next
}

Task<void> Batch::flush() {
  if (judged_ == none) {
    co_await connection_.write(queue_);
    queue_.clear();
    co_return;
  }
  enter(judged_, Phase::data_sent);  // before a byte of it goes out
  co_await connection_.write(queue_);
  queue_.clear();
  co_await read_judgement();
}

Task<void> Batch::read_judgement() {
  const std::size_t at = judged_;
  Reply reply = co_await await_verdict(at);
  take_verdict(at, reply);
}

Task<Reply> Batch::await_verdict(std::size_t at) {
  connection_.stream().set_idle_limit(limits.final_dot);
  Reply reply;
  if (mails_[at].on_waiting) {
    Task<void> reading = net::run_group(&Batch::read_noting, this, at, &reply);
    co_await std::move(reading);
  } else {
    reply = co_await connection_.read_reply();
  }
  connection_.stream().set_idle_limit(terms_.idle_limit);
  co_return reply;
}

Task<void> Batch::read_noting(net::TaskGroup& group, Batch* self, std::size_t at, Reply* reply) {
  Task<void> noting = self->note_waiting(at);
  Task<void> started = group.spawn(std::move(noting));
  co_await std::move(started);
  *reply = co_await self->connection_.read_reply();
  group.cancel();
}

Task<void> Batch::note_waiting(std::size_t at) {
  std::chrono::milliseconds waited{0};
  for (std::chrono::milliseconds next = terms_.verdict_notice; next <= limits.final_dot;) {
    const std::chrono::milliseconds pause = next - waited;
    co_await net::pause(pause);
    waited = next;
    next *= 2;
    try {
      mails_[at].on_waiting(waited);
    } catch (const std::exception&) {  // a note that fails must not cost the message its verdict
    }
  }
}

void Batch::take_verdict(std::size_t at, const Reply& reply) {
  if (reply.is_positive()) {
    outcomes_[at].server_text = base::printable(reply.text());
    judged_ = none;
    outcomes_[at].phase = Phase::accepted;
    if (mails_[at].on_phase) mails_[at].on_phase(Phase::accepted);
    return;
  }
  if (!reply.is_transient() && !reply.is_permanent()) {
    if (current_ != at) current_ = none;  // its envelope may be on the way: it is not to blame
    throw unexpected_reply(reply, Stage::body);
  }
  judged_ = none;
  refuse(at, to_error(reply, Stage::body));
  if (reply.code == 421) leave("the server ended the session behind another message");
}

}  // namespace postroom::smtp
