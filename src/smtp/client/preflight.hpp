// What can be said of a message before anything is sent: addresses, size, abilities of the server.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "smtp/client/mail_transaction.hpp"
#include "smtp/wire/capabilities.hpp"

namespace postroom::smtp {

// Why `from` cannot go into MAIL FROM, if it cannot; empty is the null sender.
std::optional<base::Error> sender_fault(std::string_view from);

// Why `mail` cannot be sent to a server that offers `offered`, if it cannot: smtp.bad_address,
// smtp.no_recipients, smtp.no_body, smtp.too_big, smtp.no_utf8. Faults of single recipients are
// theirs alone: they go into `outcome.recipients`, which gets one entry each, and fail the mail
// only when nobody is left.
std::optional<base::Error> mail_fault(const MailTransaction& mail, const Capabilities& offered,
                                      SendOutcome& outcome);

// An address of the mail, or a header, needs SMTPUTF8.
bool needs_utf8(const MailTransaction& mail);

}  // namespace postroom::smtp
