#include "smtp/wire/address.hpp"

#include "base/domain_name.hpp"
#include "base/utf8.hpp"
#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// RFC 5322 atext and the dot; bytes above ASCII are checked as UTF-8 before.
bool is_local_character(char c) {
  return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("!#$%&'*+-/=?^_`{|}~.").contains(c);
}

bool has_forbidden_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    base::Utf8Step step = base::next_code_point(text, at);
    if (!step.valid || step.code_point < 0x20 ||
        (step.code_point >= 0x7F && step.code_point < 0xA0) || step.code_point == 0x2028 ||
        step.code_point == 0x2029 || base::is_bidi_control(step.code_point)) {
      return true;
    }
    at += step.length;
  }
  return false;
}

// The length of a quoted local part with its quotes; 0 when it does not end.
std::size_t quoted_length(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return 0;
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > limits.domain_bytes) return false;
  if (domain.front() == '[') {
    if (domain.size() < 3 || domain.back() != ']') return false;
    for (char c : domain.substr(1, domain.size() - 2)) {
      if (!is_alphanumeric(c) && c != '.' && c != ':' && c != '-') return false;
    }
    return true;
  }
  char before = '.';
  for (char c : domain) {
    bool is_dot = c == '.';
    if (is_dot && before == '.') return false;
    if (!is_dot && !is_alphanumeric(c) && c != '-' && c != '_' &&
        static_cast<unsigned char>(c) < 0x80)
      return false;
    before = c;
  }
  return before != '.';
}

}  // namespace

std::expected<AddressForm, std::string_view> check_address(std::string_view address) {
  if (address.empty()) return std::unexpected("it is empty");
  if (address.size() > limits.address_bytes) return std::unexpected("it is too long");
  if (has_forbidden_character(address))
    return std::unexpected("it has a control character or a line break in it");
  std::size_t local_length = 0;
  if (address[0] == '"') {
    local_length = quoted_length(address);
    if (local_length == 0) return std::unexpected("its quotation mark is not closed");
  } else {
    while (local_length < address.size() && is_local_character(address[local_length]))
      ++local_length;
    if (local_length == 0) return std::unexpected("nothing stands before the @");
  }
  if (local_length == address.size()) return std::unexpected("it has no @");
  if (address[local_length] != '@')
    return std::unexpected("it has a character that an address may not have");
  if (!is_domain(address.substr(local_length + 1)))
    return std::unexpected("what follows the @ is no domain");
  return base::is_ascii(address) ? AddressForm::ascii : AddressForm::international;
}

std::expected<std::string, std::string_view> to_wire_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || base::is_ascii(address.substr(at + 1)) ||
      !base::is_ascii(address.substr(0, at)))
    return std::string(address);
  const auto found = base::to_a_labels(address.substr(at + 1));
  if (!found) return std::unexpected("its domain is no internationalised name");
  std::string wire(address.substr(0, at + 1));
  wire += *found;
  if (!check_address(wire)) return std::unexpected("its domain is no internationalised name");
  return wire;
}

bool is_client_name(std::string_view name) { return base::is_ascii(name) && is_domain(name); }

}  // namespace postroom::smtp
