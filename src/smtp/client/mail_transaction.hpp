// MailTransaction: one message to send, and what became of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/error.hpp"

namespace postroom::smtp {

// How far a message got. Only one of these is in doubt: data_sent, when nothing follows it.
enum class Phase {
  before_data,  // the final dot has not been written: nothing was delivered, sending again is safe
  data_sent,    // it may have been written: the server may deliver
  accepted,     // the server took the message (for the recipients it had accepted)
  refused,      // the server said no, to the sender, to every recipient, or to the message
};

std::string_view to_string(Phase phase) noexcept;

struct MailTransaction {
  std::string from;  // "local@domain"; empty: the null sender <> of automatic answers
  std::vector<std::string> recipients;  // To, Cc and Bcc alike
  // The message, line ends of any kind. Rewound first, then read once to its end; outlives the
  // sending.
  base::ByteSource* body = nullptr;
  bool headers_need_utf8 =
      false;  // raw UTF-8 in a header field; addresses are looked at by themselves

  // Told of each phase as it begins; data_sent directly before the write that may end in a
  // delivery, so that a durable note is there first. May throw: the message is then not sent and
  // the connection is closed. May be empty. Must not call the client.
  std::function<void(Phase)> on_phase;
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
  std::string server_text;  // of the acceptance: "250 2.0.0 Ok: queued as 4F1D"; printable
};

}  // namespace postroom::smtp
