#include "smtp/client/preflight.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "smtp/limits.hpp"
#include "smtp/wire/address.hpp"
#include "smtp/wire/commands.hpp"

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

std::string wire_form(std::string_view address) {
  auto wire = to_wire_address(address);
  return wire ? std::move(*wire) : std::string(address);
}

namespace {

std::optional<Error> address_fault(std::string_view whose, std::string_view address) {
  if (auto form = check_address(address); !form) return bad_address(whose, address, form.error());
  if (auto wire = to_wire_address(address); !wire) return bad_address(whose, address, wire.error());
  return std::nullopt;
}

bool is_international(std::string_view address) { return !base::is_ascii(wire_form(address)); }

Error no_utf8_for(std::string_view whose, std::string_view address) {
  return usable(ErrorKind::unsupported, "smtp.no_utf8",
                "the " + std::string(whose) + " \"" + base::printable(address, 100) +
                    "\" has characters beyond ASCII before the @, which this server does not take",
                "use an ASCII address of the same mailbox, or a server that offers SMTPUTF8");
}

// What no server takes, whatever it offers.
std::optional<Error> content_fault(const Content& content) {
  if (content.has_nul) {
    return usable(ErrorKind::refused, "smtp.nul_in_message",
                  "the message has NUL bytes in it, which mail cannot carry",
                  "a file sent as it is must be a whole mail, its binary parts in base64");
  }
  if (content.longest_line > limits.line_bytes) {
    return usable(ErrorKind::refused, "smtp.line_too_long",
                  "the message has a line of " + std::to_string(content.longest_line) +
                      " bytes; mail carries at most " + std::to_string(limits.line_bytes),
                  "a file sent as it is must be a whole mail, its long lines in base64 or "
                  "quoted-printable");
  }
  if (content.breaks_signature) {
    return usable(ErrorKind::refused, "smtp.signed_line_ends",
                  "the message is signed and its line ends are mixed: sending it would change them "
                  "and break the signature",
                  "give the message with CRLF line ends, as it was signed");
  }
  if (content.has_broken_utf8_field) {
    return usable(ErrorKind::refused, "smtp.bad_header",
                  "the header field " + base::printable(content.utf8_field, 100) +
                      " has bytes that are no UTF-8",
                  "encode the field (RFC 2047) or write it in UTF-8");
  }
  return std::nullopt;
}

// Empty is the null sender.
std::optional<Error> sender_fault(std::string_view from) {
  if (from.empty()) return std::nullopt;
  return address_fault("sender", from);
}

}  // namespace

bool needs_utf8(const MailTransaction& mail, const Content& content, const SendOutcome& outcome) {
  return !content.utf8_field.empty() || is_international(mail.from) ||
         std::ranges::any_of(outcome.recipients, [](const RecipientOutcome& recipient) {
           return !recipient.error && is_international(recipient.address);
         });
}

std::optional<Error> mail_fault(const MailTransaction& mail, SendOutcome& outcome) {
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
  if (to_xtext(mail.envelope_id).size() > limits.envelope_id_bytes) {
    return usable(ErrorKind::config, "smtp.bad_envelope_id",
                  "the envelope id for delivery reports is too long",
                  "give at most 100 printable ASCII characters");
  }
  std::size_t left = outcome.recipients.size();
  for (auto& recipient : outcome.recipients) {
    recipient.error = address_fault("recipient", recipient.address);
    if (recipient.error) --left;
  }
  if (left == 0) return outcome.recipients.front().error;
  return std::nullopt;
}

Content scan_body(base::ByteSource& body) {
  body.rewind();
  auto chunk = std::make_unique_for_overwrite<char[]>(limits.body_chunk_bytes);
  std::span<char> into(chunk.get(), limits.body_chunk_bytes);
  ContentScanner scanner;
  while (std::size_t n = body.read(into)) scanner.append(std::string_view(into.data(), n));
  return scanner.finish();
}

std::optional<Error> server_fault(const MailTransaction& mail, const Content& content,
                                  const Capabilities& offered, SendOutcome& outcome) {
  if (auto fault = content_fault(content)) return fault;
  if (offered.max_size && content.wire_bytes > *offered.max_size) {
    return usable(ErrorKind::refused, "smtp.too_big",
                  "the message has " + megabytes(content.wire_bytes) +
                      ", the server takes at most " + megabytes(*offered.max_size),
                  "send fewer or smaller attachments, or share them as links");
  }
  if (content.has_8bit && !offered.eight_bit_mime) {
    return usable(ErrorKind::unsupported, "smtp.no_8bit",
                  "the message holds 8-bit text as it is, and this server takes only 7-bit mail",
                  "encode its parts as quoted-printable or base64 (mail that Postroom writes is "
                  "7-bit), or use a server that offers 8BITMIME");
  }
  if (offered.smtp_utf8) return std::nullopt;
  if (is_international(mail.from)) return no_utf8_for("sender", mail.from);
  if (!content.utf8_field.empty()) {
    return usable(ErrorKind::unsupported, "smtp.no_utf8",
                  "the header field " + base::printable(content.utf8_field, 100) +
                      " has characters beyond ASCII as they are, which this server does not take",
                  "encode the field (RFC 2047), or use a server that offers SMTPUTF8");
  }
  bool has_anybody = false;
  for (auto& recipient : outcome.recipients) {
    if (!recipient.error && is_international(recipient.address))
      recipient.error = no_utf8_for("recipient", recipient.address);
    has_anybody = has_anybody || !recipient.error;
  }
  if (!has_anybody) return outcome.recipients.front().error;
  return std::nullopt;
}

}  // namespace postroom::smtp
