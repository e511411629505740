// Batch: the transactions of one send, in order, as few round trips as the server allows. Internal
// to smtp/client.
//
// Owns: the order of commands and replies, and the phase of each message. Knows no greeting,
// sign-in or goodbye.
#pragma once

#include <exception>
#include <span>
#include <string>
#include <vector>

#include "smtp/client/connection.hpp"
#include "smtp/client/mail_transaction.hpp"
#include "smtp/wire/capabilities.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace postroom::smtp {

class Batch {
 public:
  // All of them outlive this. Messages that can be refused without asking are refused here.
  Batch(Connection& connection, const Capabilities& offered, std::chrono::milliseconds idle_limit,
        std::span<MailTransaction> mails);

  // Sends what is left. Does not throw. `needs_reset`: a transaction is still open at the server;
  // is kept up to date.
  Task<void> run(bool& needs_reset);

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
    std::optional<base::Error> refusal;
  };

  Task<void> send_all();
  Task<void> send_envelope(std::size_t at);
  Task<void> send_body(std::size_t at);
  Task<void> withdraw();
  // Writes what is queued and, if that ends a message, reads the server's judgement of it.
  Task<void> flush();
  Task<void> read_judgement();

  void queue_commands(std::size_t at, std::vector<Asked>& asked);
  void queue_line(std::string line);
  void take_reply(std::size_t at, const Asked& asked, const Reply& reply);
  void refuse(std::size_t at, base::Error error);
  void enter(std::size_t at, Phase phase);
  void fail(const base::Error& error);
  bool is_open_question(std::size_t at) const noexcept {
    return !outcomes_[at].error && !is_settled(at);
  }
  bool is_settled(std::size_t at) const noexcept { return outcomes_[at].phase == Phase::accepted; }

  static constexpr std::size_t none = SIZE_MAX;

  Connection& connection_;
  const Capabilities& offered_;
  std::chrono::milliseconds idle_limit_;
  std::span<MailTransaction> mails_;
  std::vector<SendOutcome> outcomes_;
  bool* needs_reset_ = nullptr;
  Envelope envelope_;
  std::size_t current_ = none;  // its envelope or body is being sent
  std::size_t judged_ = none;   // its final dot is queued or written, its reply is to come
  std::string queue_;           // to write next
};

}  // namespace postroom::smtp
