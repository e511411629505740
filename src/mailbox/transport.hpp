// Transport: the sending side of a session.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace postroom::mailbox {

using base::Task;

// How far a message got. Before `body_sent` it certainly did not go; between `body_sent` and
// `accepted` nobody knows.
enum class SendPhase { not_sent, body_sent, accepted };

// What the sender wants to hear of a delivery, from servers that can tell. With neither of the
// three no report is sent at all, not even of a failure.
struct DeliveryReport {
  std::string id;  // comes back with each report; printable ASCII, at most 100 characters
  bool on_success = false;
  bool on_failure = true;
  bool on_delay = false;
  bool with_whole_message = false;  // else a report of failure brings the headers back
};

struct Outgoing {
  std::string from;                     // envelope sender, an address; empty: none, for bounces
  std::vector<std::string> recipients;  // addresses
  // RFC 5322, any line ends; outlives the call. May be a user's file: what is sent has Date and
  // Message-ID exactly once and no Bcc.
  base::ByteSource* body = nullptr;
  std::optional<DeliveryReport> report = std::nullopt;
  // Told that the server has the message and has said nothing for so long; must not throw.
  std::function<void(std::chrono::milliseconds)> on_waiting = nullptr;
  // Stand in what is sent where the body has none. Filled in then, if empty: keep the object for a
  // further try, so that a message that was sent twice can be known by its id.
  std::string message_id = {};  // "<id@domain>"
  std::optional<base::Instant> date = std::nullopt;
};

struct Refusal {
  std::string recipient;
  base::Error error;
};

struct SendOutcome {
  SendPhase phase = SendPhase::not_sent;
  std::vector<Refusal> refused;      // recipients that the server would not take
  std::optional<base::Error> error;  // why it was not accepted
  std::string server_id;             // the server's queue id or words on acceptance
  bool reports_unsupported = false;  // a delivery report was wanted; this server sends none
};

class Transport {
 public:
  virtual ~Transport() = default;
  // One connection, kept open; a group travels at one round trip a message where the server allows.
  // A message all of whose recipients are refused is not sent. Throws only when no connection could
  // be made or signed in to.
  virtual Task<std::vector<SendOutcome>> send(std::span<Outgoing> group) = 0;
  // The server files a copy under Sent by itself (Gmail, Exchange).
  virtual bool files_sent_copy() const noexcept = 0;
  virtual Task<void> close() = 0;  // never throws
};

}  // namespace postroom::mailbox
