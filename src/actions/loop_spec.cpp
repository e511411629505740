// The form of "for each mail in mailbox". The loop engine runs it (flow/loop).
#include "actions/common_fields.hpp"
#include "actions/specs.hpp"

namespace postroom::actions {

const ActionSpec& for_each_mail_spec() {
  static const ActionSpec spec{
      .name = "for_each_mail",
      .label = {"For each mail in mailbox", "Pour chaque e-mail de la boîte aux lettres"},
      .help =
          "Runs the steps in `do` for each matching message, once: what was done is remembered "
          "between runs.",
      .place = Place::anywhere,
      .effect = Effect::structure,
      .uses_session = true,
      .fields =
          {
              {.name = "folder",
               .type = FieldType::folder_list,
               .label = {"From a specific folder", "À partir d'un dossier spécifique"},
               .help = "Inbox/Invoices; '/' nests, '*' matches any run of characters, @sent and "
                       "the like name roles.",
               .default_text = "Inbox"},
              where_field(),
              {.name = "order",
               .type = FieldType::choice,
               .label = {"Sort by", "Trier par"},
               .help = "By arrival.",
               .default_text = "oldest_first",
               .choices = {{"oldest_first", {"Oldest first", "Les plus anciens d'abord"}},
                           {"newest_first", {"Newest first", "Les plus récents d'abord"}}}},
              {.name = "limit",
               .type = FieldType::number,
               .label = {"Maximum number of messages", "Nombre maximal de messages"},
               .help =
                   "Of messages that are worked on in this run; those done before do not count.",
               .beyond_reference = true},
              {.name = "body",
               .type = FieldType::choice,
               .label = {"Message format", "Format du message"},
               .help = "What mail.body holds.",
               .default_text = "html",
               .choices = {{"html", {"HTML", "HTML"}}, {"plain", {"Plain text", "Texte brut"}}}},
              {.name = "mark_read",
               .type = FieldType::boolean,
               .label = {"Mark as read", "Marquer comme lu"},
               .help = "Marks each message read once its steps are done.",
               .default_text = "false"},
              {.name = "invitations",
               .type = FieldType::boolean,
               .label = {"Include meeting invitations", "Inclure les invitations à des réunions"},
               .help = "Left out, invitations are skipped and counted, and stay unread.",
               .default_text = "false"},
              {.name = "as",
               .type = FieldType::literal,
               .label = {"Assign the current value to variable",
                         "Affecter la valeur actuelle à la variable"},
               .help = "The name of the message in expressions.",
               .default_text = "mail"},
              {.name = "once",
               .type = FieldType::boolean,
               .label = {"Once per message", "Une fois par message"},
               .help = "false: every run works on every matching message again.",
               .default_text = "true",
               .beyond_reference = true},
              {.name = "on_error",
               .type = FieldType::choice,
               .label = {"When a message fails", "Lorsqu'un message échoue"},
               .help = "quarantine: try it again on the next runs, at most `attempts` times, then "
                       "leave it out. stop: "
                       "end the run. continue: try it again on every run.",
               .default_text = "quarantine",
               .choices = {{"quarantine", {"Quarantine", "Quarantaine"}},
                           {"stop", {"Stop the run", "Arrêter l'exécution"}},
                           {"continue", {"Continue", "Continuer"}}},
               .beyond_reference = true},
              {.name = "attempts",
               .type = FieldType::number,
               .label = {"Attempts", "Tentatives"},
               .help = "Runs in which a failing message is tried before it is quarantined.",
               .default_text = "3",
               .beyond_reference = true},
              {.name = "do",
               .type = FieldType::steps,
               .label = {"Steps", "Étapes"},
               .help = "What to do with each message.",
               .required = true},
          },
  };
  return spec;
}

}  // namespace postroom::actions
