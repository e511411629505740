#include "smtp/wire/commands.hpp"

#include <utility>

#include "smtp/limits.hpp"

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
  if (mail.return_content != ReturnContent::unset)
    line += mail.return_content == ReturnContent::full ? " RET=FULL" : " RET=HDRS";
  if (!mail.envelope_id.empty()) line += " ENVID=" + to_xtext(mail.envelope_id);
  return line;
}

std::string format_rcpt(const RcptCommand& rcpt) {
  std::string line = "RCPT TO:<";
  line += rcpt.address;
  line += '>';
  if (rcpt.notify == Notify::never) {
    line += " NOTIFY=NEVER";
  } else if (rcpt.notify != Notify::unset) {
    line += " NOTIFY=";
    for (auto [one, word] :
         {std::pair(Notify::success, "SUCCESS,"), std::pair(Notify::failure, "FAILURE,"),
          std::pair(Notify::delay, "DELAY,")}) {
      if (includes(rcpt.notify, one)) line += word;
    }
    line.pop_back();
  }
  if (!rcpt.original_recipient.empty()) {
    const std::string original = "rfc822;" + to_xtext(rcpt.original_recipient);
    if (original.size() <= limits.original_recipient_bytes) line += " ORCPT=" + original;
  }
  return line;
}

std::string format_last_chunk(std::uint64_t bytes) {
  return "BDAT " + std::to_string(bytes) + " LAST";
}

std::string to_xtext(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x21 && byte <= 0x7E && c != '+' && c != '=') {
      out += c;
    } else {
      out += '+';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace postroom::smtp
