// The envelope's command lines (RFC 5321 section 4.1.1), without line ends. Pure. Addresses have
// passed check_address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::smtp {

struct MailCommand {
  std::string_view from;
  std::optional<std::uint64_t> size = std::nullopt;  // SIZE=, RFC 1870
  bool eight_bit_mime = false;                       // BODY=8BITMIME, RFC 6152
  bool smtp_utf8 = false;                            // SMTPUTF8, RFC 6531
};

std::string format_mail(const MailCommand& mail);
std::string format_rcpt(std::string_view address);

}  // namespace postroom::smtp
