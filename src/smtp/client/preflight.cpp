#include "smtp/client/preflight.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "smtp/wire/address.hpp"

namespace postroom::smtp {

using base::Error;
using base::ErrorKind;

namespace {

Error bad_address(std::string_view whose, std::string_view address, std::string_view reason) {
  Error error(ErrorKind::config, "smtp.bad_address",
              "the " + std::string(whose) + " \"" + base::printable(address, 100) +
                  "\" is no address: " + std::string(reason),
              "write it as name@domain, without the display name");
  error.set_session_usable(true);
  return error;
}

Error usable(ErrorKind kind, std::string_view code, std::string message, std::string hint) {
  Error error(kind, code, std::move(message), std::move(hint));
  error.set_session_usable(true);
  return error;
}

std::string megabytes(std::uint64_t bytes) {
  std::string tenths = std::to_string((bytes + 50'000) / 100'000);
  if (tenths.size() == 1) tenths.insert(0, 1, '0');
  return tenths.substr(0, tenths.size() - 1) + "." + tenths.back() + " MB";
}

}  // namespace

std::optional<Error> sender_fault(std::string_view from) {
  if (from.empty()) return std::nullopt;
  auto form = check_address(from);
  if (form) return std::nullopt;
  return bad_address("sender", from, form.error());
}

bool needs_utf8(const MailTransaction& mail) {
  auto is_international = [](const std::string& address) { return !base::is_ascii(address); };
  return mail.headers_need_utf8 || is_international(mail.from) ||
         std::ranges::any_of(mail.recipients, is_international);
}

std::optional<Error> mail_fault(const MailTransaction& mail, const Capabilities& offered,
                                SendOutcome& outcome) {
  outcome.recipients.clear();
  for (const auto& address : mail.recipients) outcome.recipients.push_back({address, std::nullopt});
  if (auto fault = sender_fault(mail.from)) return fault;
  if (!mail.body) {
    return usable(ErrorKind::internal, "smtp.no_body", "the message has no body to read",
                  "give one");
  }
  if (outcome.recipients.empty()) {
    return usable(ErrorKind::config, "smtp.no_recipients", "the message has no recipients",
                  "name one in to, cc or bcc");
  }
  std::size_t left = outcome.recipients.size();
  for (auto& recipient : outcome.recipients) {
    auto form = check_address(recipient.address);
    if (form) continue;
    recipient.error = bad_address("recipient", recipient.address, form.error());
    --left;
  }
  if (left == 0) return outcome.recipients.front().error;
  if (offered.max_size && mail.body->size() > *offered.max_size) {
    return usable(ErrorKind::refused, "smtp.too_big",
                  "the message has " + megabytes(mail.body->size()) +
                      ", the server takes at most " + megabytes(*offered.max_size),
                  "send fewer or smaller attachments, or share them as links");
  }
  if (needs_utf8(mail) && !offered.smtp_utf8) {
    return usable(ErrorKind::unsupported, "smtp.no_utf8",
                  "the server does not take addresses beyond ASCII",
                  "write the domain in its xn-- form, or use an ASCII address");
  }
  return std::nullopt;
}

}  // namespace postroom::smtp
