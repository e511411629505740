// How a message is recognised: its key, and a fingerprint that survives moving and renumbering.
#pragma once

#include <string>

#include "mailbox/message.hpp"
#include "state/ledger.hpp"

namespace postroom::flow {

// SHA-256 of Message-ID, Date, From, To and Cc, subject trimmed; empty when there is no Message-ID:
// what remains is shared by too many different mails (monthly bills). Size and flags are not in it:
// servers and people change them.
std::string fingerprint(const mime::Envelope& envelope);

// `message` carries its envelope.
state::MessageName name_of(const mailbox::Message& message);

}  // namespace postroom::flow
