#include "smtp/wire/capabilities.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "smtp/limits.hpp"

namespace postroom::smtp {
namespace {

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return out;
}

void add_mechanisms(std::string_view names, std::vector<std::string>& mechanisms) {
  for (std::string_view name : base::split(names, ' ')) {
    if (name.empty() || mechanisms.size() >= limits.auth_mechanisms) continue;
    std::string word = upper(name);
    if (std::ranges::find(mechanisms, word) == mechanisms.end())
      mechanisms.push_back(std::move(word));
  }
}

}  // namespace

Capabilities parse_capabilities(const Reply& ehlo) {
  Capabilities offered;
  for (std::size_t i = 1; i < ehlo.lines.size(); ++i) {  // the first line greets
    std::string_view line = base::trim(ehlo.lines[i]);
    // Old Microsoft servers wrote "AUTH=LOGIN", and others still repeat it beside "AUTH LOGIN".
    auto end = line.find_first_of(" =");
    std::string keyword = upper(line.substr(0, end));
    std::string_view rest =
        end == std::string_view::npos ? std::string_view{} : base::trim(line.substr(end + 1));
    if (keyword == "PIPELINING") {
      offered.pipelining = true;
    } else if (keyword == "8BITMIME") {
      offered.eight_bit_mime = true;
    } else if (keyword == "SMTPUTF8") {
      offered.smtp_utf8 = true;
    } else if (keyword == "STARTTLS") {
      offered.start_tls = true;
    } else if (keyword == "CHUNKING") {
      offered.chunking = true;
    } else if (keyword == "DSN") {
      offered.dsn = true;
    } else if (keyword == "SIZE") {
      offered.size = true;
      auto limit = base::to_number(rest);
      if (limit && *limit > 0) offered.max_size = limit;  // 0: no fixed limit (RFC 1870 section 4)
    } else if (keyword == "AUTH") {
      add_mechanisms(rest, offered.auth);
    }
  }
  return offered;
}

}  // namespace postroom::smtp
