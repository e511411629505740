#include "tests/providers/provider_script.hpp"

#include <fstream>
#include <sstream>

#include "base/text.hpp"

namespace postroom::test {
namespace {

account::Tls tls_of(std::string_view word) {
  if (word == "implicit") return account::Tls::implicit;
  if (word == "starttls") return account::Tls::starttls;
  if (word == "none") return account::Tls::none;
  throw std::invalid_argument("no TLS mode: " + std::string(word));
}

bool read_setting(std::string_view word, std::string_view value, ProviderScript& into) {
  account::Endpoint& endpoint = into.account.endpoint;
  if (word == "host")
    endpoint.host = value;
  else if (word == "port")
    endpoint.port = static_cast<std::uint16_t>(base::to_number(value).value());
  else if (word == "tls")
    endpoint.tls = tls_of(value);
  else if (word == "user")
    into.user = value;
  else if (word == "password")
    into.password = value;
  else if (word == "mailbox")
    into.account.mailbox = value;
  else
    return false;
  return true;
}

}  // namespace

ProviderScript load_provider_script(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::invalid_argument("no transcript " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  const std::string whole = text.str();
  ProviderScript out;
  out.name = file.stem().string();
  out.account.endpoint = {"mail.example.com", 993, account::Tls::implicit};
  for (std::string_view line : base::split(whole, '\n')) {
    if (!line.starts_with('#')) continue;
    const std::string_view rest = line.size() > 2 ? base::trim(line.substr(2)) : "";
    if (line.starts_with("#>")) {
      const std::size_t space = std::min(rest.find(' '), rest.size());
      if (!read_setting(rest.substr(0, space), base::trim(rest.substr(space)), out))
        out.steps.emplace_back(rest);
    } else if (line.starts_with("#=")) {
      out.seen.emplace_back(rest);
    } else if (line.starts_with("#~")) {
      out.mentions.emplace_back(rest);
    } else {
      out.head += std::string(line) + "\n";
    }
  }
  out.script = Script::parse(whole);
  return out;
}

}  // namespace postroom::test
