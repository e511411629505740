#include "actions/outgoing.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "actions/field_values.hpp"
#include "base/text.hpp"
#include "mime/header_text.hpp"
#include "session/session.hpp"

namespace postroom::actions {

using base::Error;
using base::ErrorKind;

std::vector<FieldSpec> body_fields() {
  return {{.name = "text",
           .type = FieldType::text,
           .label = {"Message (plain text)", "Message (texte brut)"},
           .help = "The body as plain text. Give text, html, or both."},
          {.name = "html",
           .type = FieldType::text,
           .label = {"Message (HTML)", "Message (HTML)"},
           .help = "The body as HTML."}};
}

FieldSpec attachments_field() {
  return {.name = "attachments",
          .type = FieldType::path_list,
          .label = {"Attachment", "Pièce jointe"},
          .help = "Files to attach."};
}

FieldSpec cc_field() {
  return {.name = "cc",
          .type = FieldType::address_list,
          .label = {"Cc", "Cc"},
          .help = "Addresses that get a copy."};
}

FieldSpec bcc_field() {
  return {.name = "bcc",
          .type = FieldType::address_list,
          .label = {"Bcc", "Cci"},
          .help = "Addresses that get a copy unseen by the others."};
}

FieldSpec from_field() {
  return {.name = "from",
          .type = FieldType::text,
          .label = {"From address", "Adresse de l'expéditeur"},
          .help = "Left out: the session's own address.",
          .beyond_reference = true};
}

mime::Address sender_of(const base::Map& fields, const session::Session& session) {
  std::string text = text_of(fields, "from");
  if (text.empty()) return {.address = session.own_address()};
  auto parsed = mime::parse_addresses(text);
  if (parsed.size() != 1 || !parsed.front().address.contains('@')) {
    throw Error(ErrorKind::config, "send.bad_address",
                fmt::format("\"{}\" in from is not one mail address", base::printable(text, 200)),
                "write name@example.com or \"Name <name@example.com>\"");
  }
  return parsed.front();
}

std::vector<mime::DraftFile> attachments_of(const base::Map& fields, bool required,
                                            std::vector<std::string>& missing) {
  std::vector<mime::DraftFile> files;
  for (const auto& path : texts_of(fields, "attachments")) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored)) {
      files.push_back({.path = path});
    } else {
      missing.push_back(path);
    }
  }
  if (required && !missing.empty()) {
    throw Error(ErrorKind::config, "send.attachment_missing",
                fmt::format("no such file to attach: {}", base::join(missing, ", ")),
                "check the path, or set require_attachments: false to send without it");
  }
  return files;
}

std::string message_id_of(std::string_view idempotency_key, std::string_view from_address) {
  auto at = from_address.rfind('@');
  std::string_view domain =
      at == std::string_view::npos ? "localhost" : from_address.substr(at + 1);
  return fmt::format("<{}@{}>", idempotency_key, domain);
}

Task<Result> send_draft(Surroundings& around, session::Session& session, mime::Draft draft,
                        SentCopy copy, std::string_view verb) {
  std::string recipients;
  for (const auto* list : {&draft.to, &draft.cc, &draft.bcc}) {
    for (const auto& address : *list)
      recipients += (recipients.empty() ? "" : ", ") + address.address;
  }
  Result result;
  result.summary =
      fmt::format("{} \"{}\" to {}", verb, base::printable(draft.subject, 120), recipients);
  result.as = base::Map{{"message_id", draft.message_id}};
  Sending sending = co_await around.send(session, std::move(draft), copy);
  if (!sending.refused.empty()) {
    std::string who;
    for (const auto& refusal : sending.refused) {
      who += fmt::format("{}{} ({})", who.empty() ? "" : "; ", refusal.recipient,
                         refusal.error.message());
    }
    result.warning =
        fmt::format("sent, but the server refused {} of {}: {}", sending.refused.size(),
                    base::count_of(sending.recipients, "recipient"), who);
  }
  co_return result;
}

}  // namespace postroom::actions
