// Batch: the transactions of one send, in order, as few round trips as the server allows. Internal
// to smtp/client.
//
// Owns: the order of commands and replies, and the phase of each message. Knows no greeting,
// sign-in or goodbye.
//
// Two ways for a message to travel, both one round trip where they can be:
// - DATA: envelope and DATA in one write, the body behind the 354. The final dot waits in the queue
//   and goes out with the envelope of the next message.
// - One BDAT chunk beside its envelope, in one write (docs/decisions/0006): where nothing is queued
//   to travel with, the server is known to take chunks, was heard just now, and the message is
//   small.
#pragma once

#include <exception>
#include <span>
#include <string>
#include <vector>

#include "net/task_group.hpp"
#include "smtp/client/connection.hpp"
#include "smtp/client/mail_transaction.hpp"
#include "smtp/wire/capabilities.hpp"
#include "smtp/wire/content.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace postroom::smtp {

using base::Error;

// What of the server's offer a batch uses, and what it learns.
struct BatchTerms {
  Capabilities offered;
  std::chrono::milliseconds idle_limit{};
  std::chrono::milliseconds verdict_notice{};
  bool uses_chunks = false;
  bool needs_reset = false;     // a transaction is still open at the server; kept up to date
  bool chunks_refused = false;  // set when the server turns down a BDAT that it offered
};

class Batch {
 public:
  // All of them outlive this. Messages that no server could take are refused here.
  Batch(Connection& connection, BatchTerms& terms, std::span<MailTransaction> mails);

  // Sends what is left. Does not throw.
  Task<void> run();

  // Fails everything that has no outcome yet: smtp.not_sent.
  void give_up(std::string_view why);

  std::vector<SendOutcome> take_outcomes() { return std::move(outcomes_); }

 private:
  // A command whose reply is still to come.
  struct Asked {
    Stage stage;
    std::size_t recipient = 0;  // for rcpt
  };

  // What has become of the envelope of the message at hand.
  struct Envelope {
    bool mail_asked = false;
    bool mail_accepted = false;
    std::size_t next_recipient = 0;
    std::size_t accepted = 0;
    bool data_asked = false;
    bool data_open = false;  // 354 came
    std::optional<Error> refusal;
    std::optional<Reply> refused_mail;
    std::optional<Error> hang_up;  // a 421 while a chunk is on its way to the recipients so far
  };

  Task<void> send_all();
  // Whether `at` can be sent by this server; else it is refused.
  bool is_sendable(std::size_t at);
  Task<void> send_by_data(std::size_t at);
  Task<void> send_envelope(std::size_t at);
  Task<void> send_body(std::size_t at);
  bool fits_chunk(std::size_t at) const;
  Task<void> send_by_chunk(std::size_t at);
  void queue_chunk(std::size_t at, std::vector<Asked>& asked);
  Task<Reply> hear_chunk(std::size_t at, std::span<const Asked> asked);
  Task<void> take_chunk_envelope(std::size_t at, std::span<const Asked> asked);
  void check_chunk_verdict(std::size_t at, const Reply& reply);
  Task<void> withdraw();
  // Writes what is queued and, if that ends a message, reads the server's judgement of it.
  Task<void> flush();
  Task<void> read_judgement();
  // The reply to what ends message `at`, however long the server takes.
  Task<Reply> await_verdict(std::size_t at);
  Task<void> note_waiting(std::size_t at);
  static Task<void> read_noting(net::TaskGroup& group, Batch* self, std::size_t at, Reply* reply);
  void take_verdict(std::size_t at, const Reply& reply);
  Error why_not(std::size_t at) const;

  void queue_commands(std::size_t at, std::vector<Asked>& asked);
  void queue_mail(std::size_t at, std::vector<Asked>& asked);
  void queue_recipient(std::size_t at, std::size_t recipient, std::vector<Asked>& asked);
  void queue_line(std::string line);
  void take_reply(std::size_t at, const Asked& asked, const Reply& reply);
  void refuse(std::size_t at, Error error);
  void enter(std::size_t at, Phase phase);
  void fail(const Error& error);
  // Ends the session for a reason that is not the message's at hand: it was not begun, or is
  // settled.
  [[noreturn]] void leave(std::string_view why);
  bool is_open_question(std::size_t at) const noexcept {
    return !outcomes_[at].error && !is_settled(at);
  }
  bool is_settled(std::size_t at) const noexcept { return outcomes_[at].phase == Phase::accepted; }

  static constexpr std::size_t none = SIZE_MAX;

  Connection& connection_;
  BatchTerms& terms_;
  std::span<MailTransaction> mails_;
  std::vector<SendOutcome> outcomes_;
  Content content_;  // of the message at hand
  Envelope envelope_;
  std::size_t current_ = none;  // its envelope or body is being sent
  std::size_t judged_ = none;   // its end is queued or written, its reply is to come
  std::string queue_;           // to write next
};

}  // namespace postroom::smtp
