// Fields that several actions share, so that they read the same everywhere.
#pragma once

#include "actions/action_spec.hpp"

namespace postroom::actions {

inline FieldSpec overwrite_field() {
  return {.name = "overwrite",
          .type = FieldType::choice,
          .label = {"Overwrite file(s)", "Remplacer le(s) fichier(s)"},
          .help =
              "What to do when another file of that name is there. A file with the same bytes is "
              "always left as "
              "it is and counts as saved.",
          .default_text = "number",
          .choices = {{"number", {"Add a number", "Ajouter un numéro"}},
                      {"replace", {"Replace", "Remplacer"}},
                      {"skip", {"Keep the old file", "Garder l'ancien fichier"}},
                      {"fail", {"Fail", "Échouer"}}}};
}

inline FieldSpec as_field(std::string_view help) {
  return {.name = "as",
          .type = FieldType::literal,
          .label = {"Assign the result to variable", "Affecter le résultat à la variable"},
          .help = help,
          .beyond_reference = true};
}

inline FieldSpec name_pattern_field(std::string_view help) {
  return {.name = "name",
          .type = FieldType::text,
          .label = {"File name", "Nom du fichier"},
          .help = help,
          .beyond_reference = true};
}

inline FieldSpec where_field() {
  return {
      .name = "where",
      .type = FieldType::where,
      .label = {"Filter", "Filtre"},
      .help =
          "Which messages: status, subject, from, to, cc, body, received, sent, has_attachment, "
          "attachment_name, attachment_type, larger_than, smaller_than, flagged, importance, "
          "header, all, "
          "any, not. Sibling keys must all hold."};
}

}  // namespace postroom::actions
