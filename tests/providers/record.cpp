#include "tests/providers/record.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "base/text.hpp"
#include "tests/providers/played_session.hpp"

namespace postroom::test {
namespace {

bool is_client_line(std::string_view line) {
  return line.starts_with("C: ") || line.starts_with("C~ ");
}

std::string read_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

bool record(const std::filesystem::path& file) {
  const std::string before = read_file(file);
  std::string open;  // every client line may be any
  for (std::string_view line : base::split(before, '\n'))
    open += (is_client_line(line) ? std::string("C~ *") : std::string(line)) + "\n";
  ProviderScript script = load_provider_script(file);
  script.script = Script::parse(open);
  PeerOptions options;
  options.encrypted = script.account.endpoint.tls == account::Tls::implicit;
  auto peer = std::make_shared<ScriptedPeer>(script.script, options);
  const Played played = play(script, peer);
  if (!peer->remaining().empty()) return false;
  const std::string written = peer->written();
  std::string_view left = written;
  std::string after;
  bool is_told = script.seen.empty() && played.seen.empty();
  for (std::string_view line :
       base::split(std::string_view(before).substr(0, before.size() - 1), '\n')) {
    const bool is_seen = line.starts_with("#=");
    if ((is_seen || !line.starts_with('#')) && !is_told) {
      for (const std::string& seen : played.seen) after += "#= " + seen + "\n";
      is_told = true;
    }
    if (is_seen) continue;
    if (is_client_line(line)) {
      const std::size_t end = left.find("\r\n");
      after += fmt::format("C: {}\n", left.substr(0, end));
      left.remove_prefix(end + 2);
    } else {
      after += std::string(line) + "\n";
    }
  }
  if (after == before) return false;
  std::ofstream(file, std::ios::binary) << after;
  return true;
}

}  // namespace postroom::test
