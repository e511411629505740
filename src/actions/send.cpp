// send: a new message.
#include <fmt/format.h>

#include "actions/field_values.hpp"
#include "actions/outgoing.hpp"
#include "actions/specs.hpp"
#include "base/text.hpp"
#include "session/session.hpp"

namespace postroom::actions {
namespace {

using base::Error;
using base::ErrorKind;

std::vector<FieldSpec> send_fields() {
  std::vector<FieldSpec> fields{
      {.name = "to",
       .type = FieldType::address_list,
       .label = {"To address", "Adresse du destinataire"},
       .help = "One or more addresses.",
       .required = true},
      cc_field(),
      bcc_field(),
      from_field(),
      {.name = "reply_to",
       .type = FieldType::address_list,
       .label = {"Reply to", "Répondre à"},
       .help = "Where answers go, when not to the sender."},
      {.name = "subject",
       .type = FieldType::text,
       .label = {"Subject", "Objet"},
       .help = "The subject."},
  };
  for (auto& field : body_fields()) fields.push_back(std::move(field));
  fields.push_back(attachments_field());
  fields.push_back(
      {.name = "require_attachments",
       .type = FieldType::boolean,
       .label = {"Validate if attachment is missing", "Vérifier si la pièce jointe est manquante"},
       .help =
           "true: a missing file is an error. false: the message goes without it, with a warning.",
       .default_text = "true"});
  fields.push_back(
      {.name = "skip_invalid_addresses",
       .type = FieldType::boolean,
       .label = {"Option for invalid email ids", "Option pour les adresses e-mail non valides"},
       .help = "true: addresses that are none are left out, with a warning.",
       .default_text = "false"});
  fields.push_back({.name = "importance",
                    .type = FieldType::choice,
                    .label = {"Importance", "Importance"},
                    .help = "How the message is marked.",
                    .default_text = "normal",
                    .choices = {{"low", {"Low", "Faible"}},
                                {"normal", {"Normal", "Normale"}},
                                {"high", {"High", "Haute"}}}});
  fields.push_back({.name = "headers",
                    .type = FieldType::mapping,
                    .label = {"Further headers", "Autres en-têtes"},
                    .help = "Names and values, such as X-Ticket: 4711.",
                    .beyond_reference = true});
  fields.push_back({.name = "sent_copy",
                    .type = FieldType::choice,
                    .label = {"Copy in Sent", "Copie dans Envoyés"},
                    .help = "auto: exactly one copy, ours where the server keeps none itself.",
                    .default_text = "auto",
                    .choices = {{"auto", {"Automatic", "Automatique"}},
                                {"always", {"Always", "Toujours"}},
                                {"never", {"Never", "Jamais"}}},
                    .beyond_reference = true});
  return fields;
}

SentCopy sent_copy_of(const base::Map& fields) {
  std::string word = text_of(fields, "sent_copy", "auto");
  return word == "always"  ? SentCopy::always
         : word == "never" ? SentCopy::never
                           : SentCopy::automatic;
}

class Send final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "send",
        .label = {"Send", "Envoyer"},
        .help = "Sends a message.",
        .place = Place::anywhere,
        .effect = Effect::irrevocable,
        .uses_session = true,
        .needs_transport = true,
        .fields = send_fields(),
    };
    return spec;
  }

  Task<Result> run(Invocation invocation) const override {
    const auto& fields = invocation.fields;
    std::vector<std::string> skipped, missing;
    auto on_invalid =
        flag_of(fields, "skip_invalid_addresses", false) ? OnInvalid::skip : OnInvalid::fail;

    mime::Draft draft;
    draft.from = sender_of(fields, *invocation.session);
    draft.to = addresses_of(fields, "to", on_invalid, skipped);
    draft.cc = addresses_of(fields, "cc", on_invalid, skipped);
    draft.bcc = addresses_of(fields, "bcc", on_invalid, skipped);
    draft.reply_to = addresses_of(fields, "reply_to", on_invalid, skipped);
    if (draft.to.empty() && draft.cc.empty() && draft.bcc.empty()) {
      throw Error(ErrorKind::config, "send.no_recipient", "no recipient is left to send to",
                  "give at least one valid address in to");
    }
    draft.subject = text_of(fields, "subject");
    draft.text = text_of(fields, "text");
    draft.html = text_of(fields, "html");
    draft.attachments =
        attachments_of(fields, flag_of(fields, "require_attachments", true), missing);
    std::string importance = text_of(fields, "importance", "normal");
    draft.importance = importance == "high"  ? mime::Importance::high
                       : importance == "low" ? mime::Importance::low
                                             : mime::Importance::normal;
    if (auto at = fields.find("headers"); at != fields.end()) {
      if (const auto* headers = at->second.as<base::Map>()) {
        for (const auto& [name, value] : *headers)
          draft.headers.emplace_back(name, value.to_text());
      }
    }
    draft.message_id = message_id_of(invocation.idempotency_key, draft.from.address);

    Result result = co_await send_draft(invocation.around, *invocation.session, std::move(draft),
                                        sent_copy_of(fields), "send");
    if (!skipped.empty())
      result.warning += "left out addresses that are none: " + base::join(skipped, ", ");
    if (!missing.empty())
      result.warning += "sent without missing files: " + base::join(missing, ", ");
    co_return result;
  }
};

}  // namespace

const Action& send() {
  static const Send action;
  return action;
}

}  // namespace postroom::actions
