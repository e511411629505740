// Fuzz entry: any bytes as a message, and all that can be asked of it.
#include <cstdint>
#include <cstdlib>

#include "base/utf8.hpp"
#include "mime/automatic.hpp"
#include "mime/calendar.hpp"
#include "mime/file_name.hpp"
#include "mime/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  std::string raw(reinterpret_cast<const char*>(data), size);
  mime::Message message = mime::Message::parse(raw);
  if (!base::is_valid_utf8(message.text()) || !base::is_valid_utf8(message.html())) std::abort();
  mime::automatic_reason(message.headers(), message.envelope(), {});
  mime::invitation_part(message.root());
  base::StringSink sink;
  // Listed from the tree alone, as over IMAP; then opened, with the files inside packed parts.
  for (const auto& one : message.unopened_attachments(mime::Nested::recurse)) {
    if (mime::find_part(message.root(), one.part_id) == nullptr) std::abort();
  }
  for (const auto& one : message.attachments(mime::Nested::closed)) {
    if (one.name.empty() || !base::is_valid_utf8(one.name)) std::abort();
  }
  for (const auto& one : message.attachments(mime::Nested::recurse)) {
    std::string name = mime::safe_file_name(one.name);
    if (name.empty() || name.find_first_of("/\\") != std::string::npos) std::abort();
    message.write_part(one.part_id, sink);
  }
  base::StringSink whole;
  message.write_part("", whole);
  if (whole.text != raw) std::abort();
  return 0;
}
