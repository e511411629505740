#include "flow/where/where_keys.hpp"

#include <algorithm>
#include <array>

namespace postroom::flow {

using mailbox::Comparison;
using mailbox::TextField;

const std::vector<std::string>& where_keys() {
  static const std::vector<std::string> keys = {"status",
                                                "subject",
                                                "from",
                                                "to",
                                                "cc",
                                                "body",
                                                "received",
                                                "sent",
                                                "has_attachment",
                                                "attachment_name",
                                                "attachment_type",
                                                "larger_than",
                                                "smaller_than",
                                                "flagged",
                                                "importance",
                                                "header",
                                                "all",
                                                "any",
                                                "not"};
  return keys;
}

const std::vector<std::string>& text_forms() {
  static const std::vector<std::string> forms = {"contains", "equals", "starts_with",
                                                 "matches",  "any_of", "case"};
  return forms;
}

const std::vector<std::string>& time_forms() {
  static const std::vector<std::string> forms = {"since", "before", "within"};
  return forms;
}

std::optional<TextField> text_field_of(std::string_view key) noexcept {
  static constexpr std::array<std::pair<std::string_view, TextField>, 7> fields{
      {{"subject", TextField::subject},
       {"from", TextField::from},
       {"to", TextField::to},
       {"cc", TextField::cc},
       {"body", TextField::body},
       {"attachment_name", TextField::attachment_name},
       {"attachment_type", TextField::attachment_type}}};
  for (const auto& [name, field] : fields) {
    if (name == key) return field;
  }
  return std::nullopt;
}

std::optional<Comparison> comparison_of(std::string_view form) noexcept {
  if (form == "contains" || form == "any_of") return Comparison::contains;
  if (form == "equals") return Comparison::equals;
  if (form == "starts_with") return Comparison::starts_with;
  if (form == "matches") return Comparison::matches;
  return std::nullopt;
}

bool is_header_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 200 &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != ':'; });
}

}  // namespace postroom::flow
