// What can be said of a message before anything is sent: addresses, content, size, abilities of the
// server.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "smtp/client/mail_transaction.hpp"
#include "smtp/wire/capabilities.hpp"
#include "smtp/wire/content.hpp"

namespace postroom::smtp {

// Why `mail` cannot be sent by anybody, if it cannot: smtp.bad_address, smtp.no_recipients,
// smtp.no_body, smtp.bad_envelope_id. Faults of single recipients are theirs alone: they go into
// `outcome.recipients`, which gets one entry each, and fail the mail only when nobody is left.
std::optional<base::Error> mail_fault(const MailTransaction& mail, SendOutcome& outcome);

// Reads the body once. Throws what its source throws.
Content scan_body(base::ByteSource& body);

// Why `mail`, whose body holds `content`, cannot be sent to a server that offers `offered`:
// smtp.nul_in_message, smtp.line_too_long, smtp.signed_line_ends, smtp.bad_header, smtp.too_big,
// smtp.no_8bit, smtp.no_utf8, which names the address or the field. As above for single recipients.
std::optional<base::Error> server_fault(const MailTransaction& mail, const Content& content,
                                        const Capabilities& offered, SendOutcome& outcome);

// An address as it will go on the wire, or a header, needs SMTPUTF8 (RFC 6531 section 3.4).
bool needs_utf8(const MailTransaction& mail, const Content& content, const SendOutcome& outcome);

// The address as it goes on the wire; one that has no fault.
std::string wire_form(std::string_view address);

}  // namespace postroom::smtp
