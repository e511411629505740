// Addresses on the envelope (RFC 5321 section 4.1.2, RFC 6531), checked so that none can carry a
// second command. Pure.
//
// Does not know display names, comments or groups: those are the header's (mime/).
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace postroom::smtp {

enum class AddressForm {
  ascii,
  international,  // needs SMTPUTF8
};

// What `address` ("local@domain", no angle brackets) is; else the reason why it is none, fit for a
// sentence after "because". More lenient than the RFC where real addresses are (dots anywhere, long
// local parts, underscores in domains), never with control characters, spaces or angle brackets
// outside quotes.
std::expected<AddressForm, std::string_view> check_address(std::string_view address);

// A checked address as it goes on the wire: where the local part is ASCII, a domain beyond ASCII
// becomes its A-labels (RFC 5891, UTS 46 nontransitional: "xn--..."), which every server takes.
// Other addresses stay as they are. The reason where the domain is no internationalized name.
std::expected<std::string, std::string_view> to_wire_address(std::string_view address);

// True for a name or literal that may follow EHLO: the same domain rules, ASCII only.
bool is_client_name(std::string_view name);

}  // namespace postroom::smtp
