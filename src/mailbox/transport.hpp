// Transport: the sending side of a session.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/error.hpp"
#include "base/task.hpp"

namespace postroom::mailbox {

using base::Task;

// How far a message got. Before `body_sent` it certainly did not go; between `body_sent` and
// `accepted` nobody knows.
enum class SendPhase { not_sent, body_sent, accepted };

struct Outgoing {
  std::string from;                     // envelope sender, an address
  std::vector<std::string> recipients;  // addresses
  base::ByteSource* body = nullptr;     // RFC 5322, CRLF; outlives the call
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
