// Replies from a hostile server: never a crash, never beyond the limits, and the same however the
// bytes are cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "smtp/limits.hpp"
#include "smtp/wire/capabilities.hpp"
#include "smtp/wire/reply.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace {

using namespace postroom::smtp;

std::vector<std::string> read_all(std::string_view bytes, std::size_t chunk) {
  std::vector<std::string> texts;
  ReplyParser parser;
  while (!bytes.empty()) {
    std::string_view piece = bytes.substr(0, chunk);
    bytes.remove_prefix(piece.size());
    while (!piece.empty()) {
      auto reply = parser.next(piece);
      if (!reply) {
        texts.emplace_back(to_string(reply.error()));
        return texts;
      }
      if (!*reply) break;
      const Reply& r = **reply;
      if (r.code < 200 || r.code > 599 || r.lines.empty() || r.lines.size() > limits.reply_lines)
        std::abort();
      texts.push_back(r.text() + to_string(r.enhanced));
      Capabilities offered = parse_capabilities(r);
      if (offered.auth.size() > limits.auth_mechanisms) std::abort();
      if (!r.is_positive() && !r.is_intermediate() && to_error(r, Stage::body).code().empty())
        std::abort();
    }
  }
  return texts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto whole = read_all(bytes, SIZE_MAX);
  if (whole != read_all(bytes, 1) || whole != read_all(bytes, 7)) std::abort();
  return 0;
}
