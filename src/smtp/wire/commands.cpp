#include "smtp/wire/commands.hpp"

namespace postroom::smtp {

std::string format_mail(const MailCommand& mail) {
  std::string line = "MAIL FROM:<";
  line += mail.from;
  line += '>';
  if (mail.size) {
    line += " SIZE=";
    line += std::to_string(*mail.size);
  }
  if (mail.eight_bit_mime) line += " BODY=8BITMIME";
  if (mail.smtp_utf8) line += " SMTPUTF8";
  return line;
}

std::string format_rcpt(std::string_view address) {
  std::string line = "RCPT TO:<";
  line += address;
  line += '>';
  return line;
}

}  // namespace postroom::smtp
