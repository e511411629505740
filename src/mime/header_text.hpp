// Text inside header fields: encoded words, addresses, dates, message ids, subjects. Pure;
// everything here takes any bytes and never throws.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "mime/envelope.hpp"

namespace postroom::mime {

// Unfolds and decodes RFC 2047 encoded words in all the broken forms seen in the wild: spaces
// inside a word, a missing end, no white space around it, a character split over two words, raw
// 8-bit bytes beside it. Result is valid UTF-8 without line breaks or other control characters.
// `hint` is the charset of raw 8-bit bytes that are not UTF-8: what the message's body says.
std::string decode_header(std::string_view raw, std::string_view hint = {});

// An address list (RFC 5322 section 3.4) with groups, comments, routes, quoted parts, `;` or
// missing separators, and a bare name. Names decoded. At most 10,000 addresses.
std::vector<Address> parse_addresses(std::string_view raw, std::string_view hint = {});

// RFC 5322 section 3.3 with the obsolete and the wrong forms (no weekday, two-digit years, zone
// names, missing zone = UTC, comments, ISO 8601, asctime). Nothing when there is no date in it.
std::optional<base::Instant> parse_date(std::string_view text);

// "Mon, 23 Nov 2026 19:00:02 +0100". `offset` is whole minutes, below a day.
std::string format_date(base::Instant at, std::chrono::minutes offset = {});

// "<a@b> <c@d>" -> both with their brackets, junk between them left out. A bare id without brackets
// gets them. At most 1,000 ids.
std::vector<std::string> parse_message_ids(std::string_view raw);

// The subject without reply and forward marks of any mail program (Re: RE[2]: Fwd: AW: WG: TR: Réf
// : SV: ...), trimmed.
std::string base_subject(std::string_view subject);

}  // namespace postroom::mime
