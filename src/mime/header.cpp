#include "mime/header.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mime/header_text.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mime {
namespace {

// The line at the front without its end; steps over it.
std::string_view next_line(std::string_view& rest) {
  std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// RFC 5322 section 2.2, with the obsolete white space before the colon.
std::string_view field_name(std::string_view line) {
  constexpr std::size_t longest_name = 200;
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon > longest_name) return {};
  std::string_view name = base::trim(line.substr(0, colon));
  bool printable = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F; });
  return printable ? name : std::string_view{};
}

}  // namespace

Headers parse_headers(std::string_view block, const HeaderLimits& limits) {
  Headers headers;
  std::string_view rest = block.substr(0, limits.block);
  bool in_field = false;
  while (!rest.empty()) {
    std::string_view line = next_line(rest);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (in_field) {
        headers.back().value += ' ';
        headers.back().value += base::trim(line);
      }
      continue;
    }
    std::string_view name = field_name(line);
    in_field = !name.empty() && headers.size() < limits.count;
    if (in_field)
      headers.push_back(
          {std::string(name), std::string(base::trim(line.substr(line.find(':') + 1)))});
  }
  return headers;
}

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  for (const auto& header : headers) {
    if (base::ascii_iequals(header.name, name)) return header.value;
  }
  return std::nullopt;
}

Envelope envelope_of(const Headers& headers) {
  Envelope envelope;
  auto value = [&](std::string_view name) {
    return find_header(headers, name).value_or(std::string_view{});
  };
  // Raw bytes in a field are most likely in the charset of the body.
  std::string hint = decode_param(parse_field(value("Content-Type")).params, "charset");
  // A field that may stand once is sometimes there twice (To, Cc): all of it counts for recipients.
  auto addresses = [&](std::string_view name) {
    std::vector<Address> found;
    for (const auto& header : headers) {
      if (!base::ascii_iequals(header.name, name)) continue;
      for (auto& address : parse_addresses(header.value, hint)) found.push_back(std::move(address));
    }
    return found;
  };
  auto first_id = [&](std::string_view name) {
    auto ids = parse_message_ids(value(name));
    return ids.empty() ? std::string() : ids.front();
  };
  envelope.subject = decode_header(value("Subject"), hint);
  envelope.from = addresses("From");
  envelope.sender = addresses("Sender");
  envelope.reply_to = addresses("Reply-To");
  envelope.to = addresses("To");
  envelope.cc = addresses("Cc");
  envelope.bcc = addresses("Bcc");
  envelope.sent = parse_date(value("Date"));
  envelope.message_id = first_id("Message-ID");
  envelope.in_reply_to = first_id("In-Reply-To");
  envelope.references = parse_message_ids(value("References"));
  return envelope;
}

}  // namespace postroom::mime
