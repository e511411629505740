// A message in one BDAT chunk beside its envelope (RFC 3030 section 2, with RFC 2920).
//
// Everything is handed over before anything is answered, so the message is data_sent from the
// write on. An answer to the envelope that rules a delivery out settles it at once, as refused.
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
         connection_.is_fresh() && content_.wire_bytes > 0 &&
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
  co_await take_chunk_envelope(at, asked);
  const bool is_settled = judged_ == none;
  Reply reply = co_await await_verdict(at);
  if (!is_settled) {
    check_chunk_verdict(at, reply);
    take_verdict(at, reply);
    co_return;
  }
  // The envelope was refused, and the chunk with it: 503 or 554, after it was read and thrown away.
  if (reply.code == 421 || (is_chunk_unknown(reply) && reply.code != 503)) {
    terms_.chunks_refused = terms_.chunks_refused || reply.code != 421;
    throw to_error(reply, Stage::body);
  }
  terms_.needs_reset = true;
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

  if (terms_.needs_reset) {
    queue_line("RSET");
    asked.push_back({Stage::reset});
    terms_.needs_reset = false;
  }
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
    if (reply.code == 421) {  // it hangs up before it comes to the chunk
      Error why = to_error(reply, one.stage);
      judged_ = none;
      refuse(at, why);
      throw why;
    }
    take_reply(at, one, reply);
  }
  if (envelope_.mail_accepted && envelope_.accepted > 0) co_return;
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
