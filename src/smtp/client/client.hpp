// Client: one submission session (RFC 5321, RFC 6409) on an opened stream.
//
// Knows: the conversation. Does not know: DNS, certificates, where secrets come from, what a
// message says, retries.
//
//   std::unique_ptr<net::Stream> stream = co_await connector.open(target);     // target.tls:
//   implicit or starttls smtp::ClientOptions options; options.tls = target.tls; smtp::Client
//   client(std::move(stream), options); co_await client.open();                                  //
//   greeting, EHLO, STARTTLS and EHLO again co_await client.sign_in(credentials); // or
//   sign_in(mechanism), for bearer tokens
//
//   base::StringSource body(message_text);
//   smtp::MailTransaction mail{.from = "me@example.com", .recipients = {"you@example.org"}, .body =
//   &body}; mail.on_phase = [&](smtp::Phase phase) { outbox.note(id, phase); }; smtp::SendOutcome
//   sent = co_await client.send(std::move(mail)); if (sent.error) ... // sent.phase says whether
//   sending again is safe for (auto& recipient : sent.recipients) ...              // refused ones
//   have an error
//   ... more mails while client.is_usable(); many at once: send_batch, one round trip each ...
//   co_await client.quit();
//
// open and sign_in throw Error; send and send_batch report in their outcomes and do not throw, so
// that what was accepted before a failure is never lost. One task at a time. A cancelled command
// closes the connection.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "auth/sasl.hpp"
#include "base/clock.hpp"
#include "net/connector.hpp"
#include "smtp/client/batch.hpp"
#include "smtp/client/connection.hpp"
#include "smtp/client/mail_transaction.hpp"
#include "smtp/limits.hpp"
#include "smtp/quirks.hpp"
#include "smtp/wire/capabilities.hpp"

namespace postroom::smtp {

// Whether a small message travels in one BDAT chunk beside its envelope, where the server offers
// CHUNKING and PIPELINING.
enum class Chunks {
  where_known,    // only with servers known to mean it (Quirks::takes_chunks)
  where_offered,  // a server that offers it and cannot do it would read the message as commands
  never,
};

struct ClientOptions {
  net::TlsMode tls = net::TlsMode::implicit;  // as in the net::Target; starttls is done by open()
  // What EHLO says. A host name tells strangers about this machine and helps nobody, so it is a
  // literal by default.
  std::string client_name = "[127.0.0.1]";
  // The stream's limit between commands; while the server judges a message it gets
  // Limits::final_dot.
  std::chrono::milliseconds idle_limit{120'000};
  Transcript* transcript = nullptr;  // outlives the client
  Chunks chunks = Chunks::where_known;
  // When on_waiting is told first that the verdict on a message is still waited for.
  std::chrono::milliseconds verdict_notice = limits.verdict_notice;
  const base::Clock* clock = &base::system_clock();
};

class Client {
 public:
  Client(std::unique_ptr<net::Stream> stream, ClientOptions options);

  // Throws what to_error says of a refusal; Error{tls}: smtp.no_starttls, tls.injected; and the
  // stream's errors.
  Task<void> open();

  // What the server offered at the last EHLO; all off after HELO, and without what a quirk takes
  // away.
  const Capabilities& capabilities() const noexcept { return terms_.offered; }
  const Quirks& quirks() const noexcept { return quirks_; }
  // It offered CHUNKING and refused BDAT: use Chunks::never on the next connection.
  bool has_refused_chunks() const noexcept { return terms_.chunks_refused; }

  // Signs in by the strongest mechanism that both have; one that the server then does not know (500
  // to 504) is followed by the next, as long as that gives away nothing more
  // (auth/sasl_refusal.hpp). Any failure closes the connection. Throws Error{auth}:
  // auth.plaintext_refused before any credential byte when the stream is not private,
  // auth.no_mechanism, auth.server_not_verified, auth.wrong_password, auth.token_refused and the
  // rest of wire/reply_cause; Error{unsupported, "smtp.no_auth"} when the server offers no sign-in
  // at all.
  Task<void> sign_in(auth::Credentials credentials);
  // The same with a mechanism that the caller chose.
  Task<void> sign_in(std::unique_ptr<auth::SaslMechanism> mechanism);

  // Does not throw; see the top.
  Task<SendOutcome> send(MailTransaction mail);

  // The same for many, one outcome each, in order; the mails live until this is done. With
  // PIPELINING a mail costs one round trip: its body travels with the envelope of the next (RFC
  // 2920), or it goes in one BDAT chunk with its own (RFC 3030). A refused mail does not stop the
  // others; a lost connection leaves at most one uncertain, and the rest before_data and transient
  // with the code smtp.not_sent.
  Task<std::vector<SendOutcome>> send_batch(std::span<MailTransaction> mails);

  // Keeps the connection alive, or finds out that it is gone.
  Task<void> noop();

  // QUIT, two seconds at most, then closed. Shielded from cancellation; does not throw.
  Task<void> quit();

  // Another command may be sent.
  bool is_usable() const noexcept { return connection_.is_open() && is_greeted_; }
  void close() noexcept { connection_.close(); }
  const net::Stream& stream() const noexcept { return connection_.stream(); }

 private:
  Task<void> say_hello();
  Task<void> hear_new_offer();
  Task<void> upgrade_to_tls();
  // One command, one reply; a 421 closes the connection.
  Task<Reply> ask(std::string line);

  ClientOptions options_;
  Connection connection_;
  Quirks quirks_;
  BatchTerms terms_;
  bool is_greeted_ = false;
};

}  // namespace postroom::smtp
