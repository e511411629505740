// MailTransaction: one message to send, and what became of it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/error.hpp"
#include "smtp/wire/delivery_report.hpp"

namespace postroom::smtp {

// How far a message got. Only one of these is in doubt: data_sent, when nothing follows it.
enum class Phase {
  before_data,  // the final dot has not been written: nothing was delivered, sending again is safe
  data_sent,    // it, or the last chunk, may have been written: the server may deliver
  accepted,     // the server took the message (for the recipients it had accepted)
  refused,      // the server said no, to the sender, to every recipient, or to the message
};

std::string_view to_string(Phase phase) noexcept;

struct MailTransaction {
  std::string from;  // "local@domain"; empty: the null sender <> of automatic answers
  std::vector<std::string> recipients;  // To, Cc and Bcc alike
  // The message, line ends of any kind: what goes out has CRLF. Rewound and read twice, once to
  // know what it needs of the server; outlives the sending. NUL bytes, lines over 998 octets and
  // signed messages whose line ends would have to be rewritten are refused, never mended.
  base::ByteSource* body = nullptr;

  // Delivery reports (RFC 3461), asked for where the server offers DSN; else the outcome says
  // reports_unsupported, and the mail goes all the same.
  std::string envelope_id;  // comes back with each report; printable, at most 100 octets as xtext
  ReturnContent return_content = ReturnContent::unset;
  // One for each recipient, in their order, or none. With any, ORCPT carries the address as given.
  std::vector<Notify> notify;

  // Told of each phase as it begins; data_sent directly before the write that may end in a
  // delivery, so that a durable note is there first. May throw: the message is then not sent and
  // the connection is closed. May be empty. Must not call the client.
  std::function<void(Phase)> on_phase;
  // Told that the verdict on this message has been waited for so long, first after 30 s, then each
  // time that has doubled. Same rules as on_phase, but must not throw.
  std::function<void(std::chrono::milliseconds)> on_waiting;

  bool asks_for_reports() const noexcept {
    return !envelope_id.empty() || return_content != ReturnContent::unset || !notify.empty();
  }
};

struct RecipientOutcome {
  std::string address;
  std::optional<base::Error> error;  // why the server refused this one
};

struct SendOutcome {
  Phase phase = Phase::before_data;
  // Nothing only when phase is accepted. The code is smtp.uncertain exactly when phase is
  // data_sent: look for the Message-ID before sending again. Otherwise transient() says whether
  // trying again can help.
  std::optional<base::Error> error;
  // One for each recipient, in their order. A message may be accepted with some of them refused;
  // those alone are sent again.
  std::vector<RecipientOutcome> recipients;
  bool reports_unsupported = false;  // delivery reports were asked for; this server offers none
  std::string server_text;           // of the acceptance: "250 2.0.0 Ok: queued as 4F1D"; printable
};

}  // namespace postroom::smtp
