// Replies from a hostile server: never a crash, never beyond the limits, and the same however the
// bytes are cut. The same bytes as a message and as an address on their way out.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "smtp/limits.hpp"
#include "smtp/quirks.hpp"
#include "smtp/wire/address.hpp"
#include "smtp/wire/capabilities.hpp"
#include "smtp/wire/commands.hpp"
#include "smtp/wire/content.hpp"
#include "smtp/wire/dot_stuffer.hpp"
#include "smtp/wire/reply.hpp"
#include "smtp/wire/reply_cause.hpp"

namespace {

using namespace postroom;
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
      const base::Error error = to_error(r, Stage::body);
      if (!r.is_positive() && !r.is_intermediate() && error.code().empty()) std::abort();
      auto wait = error.retry_after();
      if (wait && (wait->count() < 1000 || *wait > limits.longest_wait)) std::abort();
      detect_quirks(r.text());
    }
  }
  return texts;
}

// The same bytes as a message on its way out: counted right, and nothing in it ends it early.
void send_as_message(std::string_view bytes) {
  ContentScanner scanner;
  DotStuffer dots, lines(DotStuffer::Dots::kept);
  std::string by_data = "\r\n", by_chunk;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view piece = rest.substr(0, 5);
    rest.remove_prefix(piece.size());
    scanner.append(piece);
    dots.append(piece, by_data);
    lines.append(piece, by_chunk);
  }
  dots.finish(by_data);
  lines.finish(by_chunk);
  if (scanner.finish().wire_bytes != by_chunk.size()) std::abort();
  if (by_data.find("\r\n.\r\n") != by_data.size() - 5) std::abort();
  for (std::size_t i = 0; i < by_chunk.size(); ++i) {
    const bool is_cr = by_chunk[i] == '\r';
    if (is_cr && (i + 1 == by_chunk.size() || by_chunk[i + 1] != '\n')) std::abort();
    if (by_chunk[i] == '\n' && (i == 0 || by_chunk[i - 1] != '\r')) std::abort();
  }
}

// And as an address: what passes carries no second command.
void use_as_address(std::string_view bytes) {
  if (!check_address(bytes)) return;
  const auto wire = to_wire_address(bytes);
  if (!wire) return;
  const std::string line = format_rcpt({.address = *wire, .original_recipient = *wire});
  if (line.find_first_of("\r\n") != std::string::npos || line.contains('\0')) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  send_as_message(bytes);
  use_as_address(bytes);
  auto whole = read_all(bytes, SIZE_MAX);
  if (whole != read_all(bytes, 1) || whole != read_all(bytes, 7)) std::abort();
  return 0;
}
