#include "cli/spec_json.hpp"

#include <nlohmann/json.hpp>

namespace postroom::cli {
namespace {

using nlohmann::json;

json label_as_json(const actions::Label& label) { return {{"en", label.en}, {"fr", label.fr}}; }

json field_as_json(const actions::FieldSpec& field) {
  json out{{"name", field.name},
           {"type", actions::in_words(field.type)},
           {"label", label_as_json(field.label)},
           {"help", field.help},
           {"required", field.required}};
  if (!field.default_text.empty()) out["default"] = field.default_text;
  for (const auto& choice : field.choices) {
    out["choices"].push_back({{"name", choice.name}, {"label", label_as_json(choice.label)}});
  }
  for (const auto& inner : field.fields) out["fields"].push_back(field_as_json(inner));
  return out;
}

std::string_view place_name(actions::Place place) {
  switch (place) {
    case actions::Place::anywhere:
      return "anywhere";
    case actions::Place::outside_mail_loop:
      return "outside_mail_loop";
    case actions::Place::inside_mail_loop:
      return "inside_mail_loop";
  }
  return "anywhere";
}

}  // namespace

json spec_as_json(const actions::ActionSpec& spec) {
  json out{{"name", spec.name},
           {"label", label_as_json(spec.label)},
           {"help", spec.help},
           {"place", place_name(spec.place)},
           {"uses_session", spec.uses_session},
           {"fields", json::array()}};
  for (const auto& field : spec.fields) out["fields"].push_back(field_as_json(field));
  return out;
}

}  // namespace postroom::cli
