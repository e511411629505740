#include "actions/field_values.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "mime/header_text.hpp"

namespace postroom::actions {
namespace {

const base::Value* find(const base::Map& fields, std::string_view name) {
  auto at = fields.find(name);
  return at == fields.end() || at->second.is_null() ? nullptr : &at->second;
}

// One '@' with something before it and a domain behind, no white space or control characters.
bool is_address(std::string_view text) {
  auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 320)
    return false;
  for (unsigned char c : text) {
    if (c <= ' ' || c == 0x7F || c == '<' || c == '>') return false;
  }
  return true;
}

}  // namespace

bool has(const base::Map& fields, std::string_view name) { return find(fields, name) != nullptr; }

std::string text_of(const base::Map& fields, std::string_view name, std::string_view fallback) {
  const auto* value = find(fields, name);
  return value ? value->to_text() : std::string(fallback);
}

bool flag_of(const base::Map& fields, std::string_view name, bool fallback) {
  const auto* value = find(fields, name);
  const auto* flag = value ? value->as<bool>() : nullptr;
  return flag ? *flag : fallback;
}

std::vector<std::string> texts_of(const base::Map& fields, std::string_view name) {
  std::vector<std::string> texts;
  const auto* value = find(fields, name);
  if (!value) return texts;
  if (const auto* list = value->as<base::List>()) {
    for (const auto& item : *list) texts.push_back(item.to_text());
  } else {
    texts.push_back(value->to_text());
  }
  return texts;
}

std::vector<mime::Address> addresses_of(const base::Map& fields, std::string_view name,
                                        OnInvalid on_invalid, std::vector<std::string>& skipped) {
  std::vector<mime::Address> addresses;
  for (const auto& text : texts_of(fields, name)) {
    if (base::trim(text).empty()) continue;
    for (auto& address : mime::parse_addresses(text)) {
      if (is_address(address.address)) {
        addresses.push_back(std::move(address));
      } else if (on_invalid == OnInvalid::skip) {
        skipped.push_back(text);
      } else {
        throw base::Error(
            base::ErrorKind::config, "send.bad_address",
            fmt::format("\"{}\" in {} is not a mail address", base::printable(text, 200), name),
            "write name@example.com, or set skip_invalid_addresses: true");
      }
    }
  }
  return addresses;
}

}  // namespace postroom::actions
