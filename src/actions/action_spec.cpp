#include "actions/action_spec.hpp"

namespace postroom::actions {

std::string_view in_words(FieldType type) noexcept {
  switch (type) {
    case FieldType::literal:
      return "name";
    case FieldType::text:
      return "text";
    case FieldType::text_list:
      return "texts";
    case FieldType::address_list:
      return "mail addresses";
    case FieldType::path:
      return "path";
    case FieldType::path_list:
      return "paths";
    case FieldType::number:
      return "number";
    case FieldType::boolean:
      return "true or false";
    case FieldType::duration:
      return "duration, such as 30s";
    case FieldType::size:
      return "size, such as 10MB";
    case FieldType::date:
      return "date";
    case FieldType::choice:
      return "one of";
    case FieldType::folder:
      return "folder";
    case FieldType::folder_list:
      return "folders";
    case FieldType::where:
      return "filter";
    case FieldType::condition:
      return "expression";
    case FieldType::any:
      return "any value";
    case FieldType::secret:
      return "secret source";
    case FieldType::steps:
      return "steps";
    case FieldType::mapping:
      return "names and values";
    case FieldType::group:
      return "group";
  }
  return "";
}

std::string short_form(const ActionSpec& spec) {
  if (spec.scalar_field.empty()) return {};
  auto step = "- " + std::string(spec.name) + ": ";
  if (spec.scalar_field == "session") return step + "session";
  const auto* field = find_field(spec, spec.scalar_field);
  if (!field) return {};
  switch (field->type) {
    case FieldType::mapping:
      return step + "{ name: value, other: \"{{ expression }}\" }";
    case FieldType::choice:
      return step + std::string(field->choices.front().name);
    case FieldType::folder:
      return step + "Done";
    case FieldType::path:
      return step + "archive";
    default:
      return step + "text";
  }
}

bool has_only_short_form(const ActionSpec& spec) noexcept {
  const auto* field = find_field(spec, spec.scalar_field);
  return field && field->type == FieldType::mapping;
}

const FieldSpec* find_field(const ActionSpec& spec, std::string_view name) noexcept {
  for (const auto& field : spec.fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace postroom::actions
