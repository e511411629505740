// save_attachments: the attachments of the message in hand, each as a file.
#include <algorithm>

#include <fmt/format.h>

#include "actions/common_fields.hpp"
#include "actions/field_values.hpp"
#include "actions/file_names.hpp"
#include "actions/save_target.hpp"
#include "actions/specs.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"
#include "mailbox/attachment_reader.hpp"

namespace postroom::actions {
namespace {

// "pdf" means an extension or a subtype, "image/*" and "application/pdf" a type.
bool type_matches(std::string_view wanted, const mime::Attachment& attachment) {
  if (wanted.contains('/')) return base::glob_matches(wanted, attachment.type);
  if (wanted.starts_with('.')) wanted.remove_prefix(1);
  auto [stem, extension] = split_extension(attachment.name);
  if (!extension.empty() && base::ascii_iequals(std::string_view(extension).substr(1), wanted))
    return true;
  auto slash = attachment.type.find('/');
  return slash != std::string::npos &&
         base::ascii_iequals(std::string_view(attachment.type).substr(slash + 1), wanted);
}

class SaveAttachments final : public Action {
 public:
  const ActionSpec& spec() const noexcept override {
    static const ActionSpec spec{
        .name = "save_attachments",
        .label = {"Save attachments", "Enregistrer les pièces jointes"},
        .help =
            "Saves the message's attachments, also those inside a winmail.dat. Pictures that its "
            "HTML "
            "shows are not attachments.",
        .place = Place::inside_mail_loop,
        .effect = Effect::local,
        .uses_session = true,
        .fields =
            {{.name = "to",
              .type = FieldType::path,
              .label = {"Save attachments to folder",
                        "Enregistrer les pièces jointes dans le dossier"},
              .help = "A folder; it is made when missing.",
              .required = true},
             {.name = "names",
              .type = FieldType::text_list,
              .label = {"Only these names", "Seulement ces noms"},
              .help = "Patterns such as *.pdf or invoice*; letters compare without case.",
              .beyond_reference = true},
             {.name = "types",
              .type = FieldType::text_list,
              .label = {"Only these types", "Seulement ces types"},
              .help = "pdf, image/*, application/zip: an extension, or a declared type.",
              .beyond_reference = true},
             {.name = "inline",
              .type = FieldType::choice,
              .label = {"Pictures in the text", "Images dans le texte"},
              .help = "Parts that the HTML body shows.",
              .default_text = "skip",
              .choices = {{"skip", {"Skip", "Ignorer"}},
                          {"save", {"Save too", "Enregistrer aussi"}}},
              .beyond_reference = true},
             {.name = "nested",
              .type = FieldType::choice,
              .label = {"Attached messages", "Messages joints"},
              .help = "recurse: also what is attached to an attached message. keep: the attached "
                      "message only.",
              .default_text = "recurse",
              .choices = {{"recurse", {"And their attachments", "Et leurs pièces jointes"}},
                          {"keep", {"As one file", "Comme un seul fichier"}}},
              .beyond_reference = true},
             overwrite_field(),
             name_pattern_field(
                 "{name} {stem} {extension} {number} stand for the attachment's own name, the "
                 "same without and only its extension, and its number in the message. Left out: "
                 "{name}."),
             as_field(
                 "Holds a list afterwards: path, name, type, size, sha256 of each saved file.")},
        .scalar_field = "to",
    };
    return spec;
  }

  mailbox::Want want(const base::Map&) const override { return {.structure = true}; }

  Task<Result> run(Invocation invocation) const override {
    const auto& fields = invocation.fields;
    const mailbox::Message& message = *invocation.mail->message;
    auto nested = text_of(fields, "nested", "recurse") == "recurse" ? mime::Nested::recurse
                                                                    : mime::Nested::closed;
    bool with_inline = text_of(fields, "inline", "skip") == "save";
    auto names = texts_of(fields, "names");
    auto types = texts_of(fields, "types");
    std::string pattern = text_of(fields, "name", "{name}");

    base::List saved;
    std::string directory = text_of(fields, "to");
    int number = 0;
    mailbox::AttachmentReader reader(*invocation.mail->folder, message, nested);
    while (const mime::Attachment* attachment = co_await reader.next()) {
      if (attachment->is_absent || (attachment->inline_ && !with_inline)) continue;
      if (!names.empty() && std::ranges::none_of(names, [&](const auto& name) {
            return base::glob_matches(name, attachment->name);
          })) {
        continue;
      }
      if (!types.empty() && std::ranges::none_of(types, [&](const auto& type) {
            return type_matches(type, *attachment);
          })) {
        continue;
      }
      auto [stem, extension] = split_extension(attachment->name);
      FileTarget target{.directory = directory,
                        .name = name_from_pattern(pattern, {{"name", attachment->name},
                                                            {"stem", stem},
                                                            {"extension", extension},
                                                            {"number", std::to_string(++number)}}),
                        .overwrite = overwrite_of(fields)};
      auto fill = [&reader](base::ByteSink& sink) { return reader.write(sink); };
      SavedFile file = co_await invocation.around.save_file(std::move(target), std::move(fill));
      saved.emplace_back(base::Map{{"path", file.path},
                                   {"name", attachment->name},
                                   {"type", attachment->type},
                                   {"size", static_cast<std::int64_t>(file.size)},
                                   {"sha256", file.sha256}});
    }
    for (const std::string& note : reader.notes()) invocation.around.note(note);
    Result result;
    result.summary =
        saved.empty()
            ? "no attachment to save"
            : fmt::format("save {} to {}", base::count_of(saved.size(), "attachment"), directory);
    result.as = std::move(saved);
    result.warning = base::join(reader.warnings(), "; ");
    co_return result;
  }
};

}  // namespace

const Action& save_attachments() {
  static const SaveAttachments action;
  return action;
}

}  // namespace postroom::actions
