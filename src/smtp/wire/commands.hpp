// The envelope's command lines (RFC 5321 section 4.1.1), without line ends. Pure. Addresses have
// passed check_address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "smtp/wire/delivery_report.hpp"

namespace postroom::smtp {

struct MailCommand {
  std::string_view from;
  std::optional<std::uint64_t> size = std::nullopt;     // SIZE=, RFC 1870
  bool eight_bit_mime = false;                          // BODY=8BITMIME, RFC 6152
  bool smtp_utf8 = false;                               // SMTPUTF8, RFC 6531
  ReturnContent return_content = ReturnContent::unset;  // RET=, RFC 3461 section 4.3
  std::string_view envelope_id = {};                    // ENVID=, section 4.4; raw, not yet xtext
};

struct RcptCommand {
  std::string_view address;
  Notify notify = Notify::unset;             // NOTIFY=, RFC 3461 section 4.1
  std::string_view original_recipient = {};  // ORCPT=rfc822;, section 4.2; raw, ASCII
};

std::string format_mail(const MailCommand& mail);
std::string format_rcpt(const RcptCommand& rcpt);
// "BDAT 23 LAST", RFC 3030 section 2.
std::string format_last_chunk(std::uint64_t bytes);

// RFC 3461 section 4: printable ASCII but "+" and "=" stays, everything else becomes "+2B".
std::string to_xtext(std::string_view text);

}  // namespace postroom::smtp
