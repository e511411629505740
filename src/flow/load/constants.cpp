#include "flow/load/constants.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/date.hpp"
#include "base/text.hpp"
#include "flow/load/complaints.hpp"

namespace postroom::flow {
namespace {

using actions::FieldType;

// What connect takes in the contract but not in this program yet; anything else is a typing
// mistake.
bool is_for_later(std::string_view field, std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> later{{
      {"to", "outlook"},
      {"to", "ews"},
      {"to", "graph"},
      {"to", "exchange"},
      {"protocol", "pop3"},
      {"mode", "client_credentials"},
      {"mode", "pkce"},
      {"mode", "ropc"},
      {"mode", "silent"},
      {"mode", "implicit"},
      {"mode", "interactive"},
      {"mode", "managed"},
      {"mode", "device_code"},
      {"mode", "certificate"},
      {"mode", "service_account"},
      {"mode", "ntlm"},
      {"mode", "negotiate"},
  }};
  return std::ranges::find(later, std::pair(field, text)) != later.end();
}

Misfit wrong(std::string_view what, std::string_view text, std::string hint) {
  return {"flow.wrong_type", fmt::format("{} is not {}", in_quotes(text), what), std::move(hint)};
}

Misfit bad_choice(const actions::FieldSpec& field, std::string_view text) {
  std::vector<std::string> names;
  for (const auto& choice : field.choices) names.emplace_back(choice.name);
  if (is_for_later(field.name, text)) {
    return {"connect.not_available",
            fmt::format("{}: {} is not available in this version", field.name, text),
            fmt::format("available: {}", base::join(names, ", "))};
  }
  auto meant = base::nearest(text, names);
  return {"flow.bad_choice",
          fmt::format("{} is none of the choices of {}: {}", in_quotes(text), field.name,
                      base::join(names, ", ")),
          meant ? fmt::format("did you mean {}?", in_quotes(*meant)) : "choose one of them"};
}

}  // namespace

bool is_decimal(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  auto point = text.find('.');
  auto whole = text.substr(0, point);
  if (whole.empty() || !std::ranges::all_of(whole, is_digit)) return false;
  if (whole.size() > 1 && whole[0] == '0') return false;
  if (point == std::string_view::npos) return true;
  auto fraction = text.substr(point + 1);
  return !fraction.empty() && std::ranges::all_of(fraction, is_digit);
}

std::optional<std::string> choice_of(const actions::FieldSpec& field, std::string_view text) {
  for (const auto& choice : field.choices) {
    if (text == choice.name || (!choice.alias.empty() && text == choice.alias))
      return std::string(choice.name);
  }
  return std::nullopt;
}

bool is_session_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

bool takes_whole_expression(FieldType type) noexcept {
  switch (type) {
    case FieldType::number:
    case FieldType::boolean:
    case FieldType::duration:
    case FieldType::size:
    case FieldType::date:
    case FieldType::choice:
      return true;
    default:
      return false;
  }
}

std::optional<Misfit> misfit(const actions::FieldSpec& field, std::string_view text) {
  switch (field.type) {
    case FieldType::number:
      // Every count there is (limit, attempts, port) is whole.
      if (is_decimal(text) && !text.contains('.') && text.size() <= 18) return std::nullopt;
      return wrong("a whole number", text, "write a whole number in decimal digits, such as 10");
    case FieldType::boolean:
      if (text == "true" || text == "false") return std::nullopt;
      return wrong("true or false", text, "write true or false");
    case FieldType::duration:
      if (base::parse_duration(text)) return std::nullopt;
      return wrong("a duration", text, "write a number and a unit: 30s, 5m, 2h, 1d");
    case FieldType::size:
      if (base::parse_size(text)) return std::nullopt;
      return wrong("a size", text, "write a number and a unit: 500KB, 10MB, 1GiB");
    case FieldType::date:
      if (base::parse_date(text, "UTC", base::Instant{})) return std::nullopt;
      return wrong("a date", text, "write 2026-01-31, 2026-01-31T08:00, today, yesterday or -7d");
    case FieldType::choice:
      if (choice_of(field, text)) return std::nullopt;
      return bad_choice(field, text);
    case FieldType::path:
    case FieldType::folder:
      if (!base::trim(text).empty()) return std::nullopt;
      return Misfit{"flow.wrong_type", "it is empty", "write a name, or leave the field out"};
    default:
      return std::nullopt;
  }
}

}  // namespace postroom::flow
