// save_email: the message in hand as a file: as it is (.eml), or its body as HTML or text.
#include <fmt/format.h>

#include "actions/common_fields.hpp"
#include "actions/field_values.hpp"
#include "actions/file_names.hpp"
#include "actions/save_target.hpp"
#include "actions/specs.hpp"
#include "base/date.hpp"

namespace postroom::actions {
namespace {

Task<void> write_text(std::string text, base::ByteSink& sink) {
  sink.write(text);
  co_return;
}

class SaveEmail final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "save_email",
        .label = {"Save email", "Enregistrer l'e-mail"},
        .help = "Saves the message as a file.",
        .place = Place::inside_mail_loop,
        .effect = Effect::local,
        .uses_session = true,
        .fields =
            {{.name = "to",
              .type = FieldType::path,
              .label = {"Save email to folder", "Enregistrer l'e-mail dans le dossier"},
              .help = "A folder; it is made when missing.",
              .required = true},
             {.name = "format",
              .type = FieldType::choice,
              .label = {"Format", "Format"},
              .help = "eml: the message as it is, attachments and all. html, text: its body only.",
              .default_text = "eml",
              .choices = {{"eml", {"Message (.eml)", "Message (.eml)"}},
                          {"html", {"HTML", "HTML"}},
                          {"text", {"Plain text", "Texte brut"}}},
              .beyond_reference = true},
             name_pattern_field(
                 "{subject} {date} {from} stand for the message's subject, the day it was "
                 "received and the sender's address. Left out: {date} {subject}."),
             overwrite_field(),
             as_field("Holds the file's path, size and sha256 afterwards.")},
        .scalar_field = "to",
    };
    return spec;
  }

  mailbox::Want want(const base::Map& constants) const override {
    // The bodies only where they are what is saved.
    bool body = text_of(constants, "format", "eml") != "eml";
    return {.envelope = true, .received = true, .text = body};
  }

  Task<Result> run(Invocation invocation) const override {
    const auto& fields = invocation.fields;
    const mailbox::Message& message = *invocation.mail->message;
    std::string format = text_of(fields, "format", "eml");
    std::string day =
        message.received
            ? base::format_date({*message.received, invocation.around.zone()}, "%Y-%m-%d")
            : std::string("undated");
    std::string sender =
        message.envelope.from.empty() ? "unknown" : message.envelope.from.front().address;
    std::string subject =
        message.envelope.subject.empty() ? "no subject" : message.envelope.subject;
    std::string name = name_from_pattern(text_of(fields, "name", "{date} {subject}"),
                                         {{"subject", subject}, {"date", day}, {"from", sender}});
    std::string extension = format == "text" ? ".txt" : "." + format;
    if (!name.ends_with(extension)) name += extension;

    mailbox::Folder& folder = *invocation.mail->folder;
    auto fill = [&](base::ByteSink& sink) -> Task<void> {
      if (format == "eml") return folder.raw(message.key, sink);
      return write_text(format == "html" ? message.html : message.text, sink);
    };
    std::string directory = text_of(fields, "to");
    FileTarget target{
        .directory = directory, .name = std::move(name), .overwrite = overwrite_of(fields)};
    SavedFile file = co_await invocation.around.save_file(std::move(target), fill);
    Result result;
    result.summary = "save the message as " + file.path;
    result.as = base::Map{{"path", file.path},
                          {"size", static_cast<std::int64_t>(file.size)},
                          {"sha256", file.sha256}};
    co_return result;
  }
};

}  // namespace

const Action& save_email() {
  static const SaveEmail action;
  return action;
}

}  // namespace postroom::actions
