// A message in one BDAT chunk beside its envelope (RFC 3030 section 2, with RFC 2920).
//
// Everything is handed over before anything is answered, so the message is data_sent from the
// write on. An answer to the envelope that rules a delivery out settles it at once, as refused: as
// soon as one recipient was accepted only the verdict on the chunk can do that.
//
// No chunk rides behind a RSET: were it refused, the chunk would go to the recipients of the
// message before.
#include "smtp/client/batch.hpp"
#include "smtp/limits.hpp"
#include "smtp/wire/commands.hpp"
#include "smtp/wire/dot_stuffer.hpp"

namespace postroom::smtp {

using base::ErrorKind;

namespace {

// The server does not know the command, its parameters or its place, although it offered it. What
// was in the chunk may have been read as commands since: the connection is of no more use.
bool is_chunk_unknown(const Reply& reply) { return reply.code >= 500 && reply.code <= 504; }

Error chunk_refused(const Reply& reply) {
  Error error(ErrorKind::protocol, "smtp.chunk_refused",
              "the server offers CHUNKING and then refuses BDAT",
              "it is sent again by DATA on a new connection");
  error.set_server_text(reply.text());
  error.set_transient(true);
  return error;
}

}  // namespace

bool Batch::fits_chunk(std::size_t at) const {
  return terms_.uses_chunks && terms_.offered.chunking && terms_.offered.pipelining &&
         !terms_.needs_reset && connection_.is_fresh() && content_.wire_bytes > 0 &&
         content_.wire_bytes <= limits.chunk_bytes &&
         mails_[at].recipients.size() <= limits.recipients_per_write;
}

Task<void> Batch::send_by_chunk(std::size_t at) {
  std::vector<Asked> asked;
  queue_chunk(at, asked);
  enter(at, Phase::data_sent);  // before a byte of it goes out
  judged_ = at;
  co_await connection_.write(queue_);
  queue_.clear();
  Reply reply = co_await hear_chunk(at, asked);
  if (judged_ == at) {
    check_chunk_verdict(at, reply);
    take_verdict(at, reply);
    if (envelope_.hang_up) leave("the server ended the session behind another message");
    co_return;
  }
  // Nobody was accepted. Only a refusal that is none of the command says that the chunk was read
  // and thrown away; behind anything else its lines may have been taken for commands.
  const bool is_thrown_away =
      (reply.is_transient() || reply.is_permanent()) && !is_chunk_unknown(reply);
  if (!is_thrown_away || reply.code == 421) {
    // 503 is "no recipients" as well.
    if (is_chunk_unknown(reply) && reply.code != 503) terms_.chunks_refused = true;
    leave("the connection was closed behind another message");
  }
  terms_.needs_reset = true;
}

// The answers to the envelope and to the chunk. What a server said when it hung up tells more than
// the end of the connection.
Task<Reply> Batch::hear_chunk(std::size_t at, std::span<const Asked> asked) {
  try {
    co_await take_chunk_envelope(at, asked);
    Reply verdict = co_await await_verdict(at);
    co_return verdict;
  } catch (const Error& error) {
    if (envelope_.hang_up && error.kind() != ErrorKind::cancelled) throw *envelope_.hang_up;
    throw;
  }
}

// Never more bytes than the chunk's head announces: it is counted after it was read.
void Batch::queue_chunk(std::size_t at, std::vector<Asked>& asked) {
  base::ByteSource& body = *mails_[at].body;
  body.rewind();
  auto buffer = std::make_unique_for_overwrite<char[]>(limits.body_chunk_bytes);
  std::span<char> into(buffer.get(), limits.body_chunk_bytes);
  DotStuffer lines(DotStuffer::Dots::kept);
  std::string chunk;
  chunk.reserve(content_.wire_bytes);
  while (std::size_t n = body.read(into)) lines.append(std::string_view(into.data(), n), chunk);
  lines.finish(chunk);

  queue_mail(at, asked);
  const auto& recipients = outcomes_[at].recipients;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    if (!recipients[i].error) queue_recipient(at, i, asked);
  }
  queue_line(format_last_chunk(chunk.size()));
  connection_.log_client("[message of " + std::to_string(chunk.size()) + " bytes]");
  queue_ += chunk;
}

Task<void> Batch::take_chunk_envelope(std::size_t at, std::span<const Asked> asked) {
  for (const Asked& one : asked) {
    Reply reply = co_await connection_.read_reply();
    if (reply.code != 421) {
      take_reply(at, one, reply);
      continue;
    }
    Error why = to_error(reply, one.stage);
    if (envelope_.accepted == 0) {  // it hangs up before it comes to the chunk
      judged_ = none;
      refuse(at, why);
      leave("the server ended the session behind another message");
    }
    outcomes_[at].recipients[one.recipient].error = why;
    envelope_.hang_up = std::move(why);
  }
  if (envelope_.accepted > 0) co_return;
  judged_ = none;
  refuse(at, why_not(at));
}

void Batch::check_chunk_verdict(std::size_t at, const Reply& reply) {
  if (!is_chunk_unknown(reply)) return;
  terms_.chunks_refused = true;
  Error why = chunk_refused(reply);
  judged_ = none;
  refuse(at, why);
  throw why;
}

}  // namespace postroom::smtp
