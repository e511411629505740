// Forms of the glue: steps that touch no mailbox. The walker runs them (flow/run).
#include "actions/specs.hpp"

namespace postroom::actions {

const ActionSpec& if_spec() {
  static const ActionSpec spec{
      .name = "if",
      .label = {"If", "Si"},
      .help = "Runs `do` when the expression holds, else `else`. Only false and nil are false.",
      .effect = Effect::structure,
      .fields = {{.name = "when",
                  .type = FieldType::condition,
                  .label = {"Condition", "Condition"},
                  .help = "An expression, such as mail.size > 1000.",
                  .required = true},
                 {.name = "do",
                  .type = FieldType::steps,
                  .label = {"Then", "Alors"},
                  .help = "Steps when it holds.",
                  .required = true},
                 {.name = "else",
                  .type = FieldType::steps,
                  .label = {"Else", "Sinon"},
                  .help = "Steps when it does not."}},
      .beyond_reference = true,
  };
  return spec;
}

const ActionSpec& set_spec() {
  static const ActionSpec spec{
      .name = "set",
      .label = {"Set variables", "Définir des variables"},
      .help =
          "Gives variables a value. A name that `variables` declares is changed for the whole run, "
          "a new one lives in its body.",
      .effect = Effect::structure,
      .fields = {{.name = "values",
                  .type = FieldType::mapping,
                  .label = {"Values", "Valeurs"},
                  .help = "Names and values.",
                  .required = true}},
      .scalar_field = "values",
      .beyond_reference = true,
  };
  return spec;
}

const ActionSpec& log_spec() {
  static const ActionSpec spec{
      .name = "log",
      .label = {"Log", "Journaliser"},
      .help = "Writes a line to the run's record and to the terminal.",
      .effect = Effect::structure,
      .fields = {{.name = "message",
                  .type = FieldType::text,
                  .label = {"Message", "Message"},
                  .help = "The line.",
                  .required = true}},
      .scalar_field = "message",
      .beyond_reference = true,
  };
  return spec;
}

const ActionSpec& skip_spec() {
  static const ActionSpec spec{
      .name = "skip",
      .label = {"Skip this message", "Ignorer ce message"},
      .help = "Ends the steps of this message; it counts as done.",
      .place = Place::inside_mail_loop,
      .effect = Effect::structure,
      .fields = {{.name = "reason",
                  .type = FieldType::text,
                  .label = {"Reason", "Raison"},
                  .help = "Kept in the run's record."}},
      .scalar_field = "reason",
      .beyond_reference = true,
  };
  return spec;
}

const ActionSpec& stop_spec() {
  static const ActionSpec spec{
      .name = "stop",
      .label = {"Stop", "Arrêter"},
      .help =
          "Ends the run after this message, without an error; with loop: true only the innermost "
          "mail loop.",
      .effect = Effect::structure,
      .fields = {{.name = "loop",
                  .type = FieldType::boolean,
                  .label = {"Only this loop", "Seulement cette boucle"},
                  .help = "true: go on behind the loop.",
                  .default_text = "false"}},
      .beyond_reference = true,
  };
  return spec;
}

const ActionSpec& fail_spec() {
  static const ActionSpec spec{
      .name = "fail",
      .label = {"Fail", "Échouer"},
      .help = "Fails this message with a text of yours; outside a mail loop, the run.",
      .effect = Effect::structure,
      .fields = {{.name = "message",
                  .type = FieldType::text,
                  .label = {"Message", "Message"},
                  .help = "What went wrong, for people.",
                  .required = true}},
      .scalar_field = "message",
      .beyond_reference = true,
  };
  return spec;
}

}  // namespace postroom::actions
