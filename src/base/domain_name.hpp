// Domain names beyond ASCII. The one place that knows libidn2 (docs/decisions/0007), so that the
// header and the envelope of a message name the same domain.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace postroom::base {

// A domain in UTF-8 as its A-labels (RFC 5891, UTS 46 nontransitional: "xn--..."). Nothing where it
// is no internationalized name.
std::optional<std::string> to_a_labels(std::string_view domain);

}  // namespace postroom::base
