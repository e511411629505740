// Fuzz entry: any bytes as whatever names things in a message. The first line, if it names a
// charset, is the label and the hint; the rest is the field.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/utf8.hpp"
#include "mime/builder.hpp"
#include "mime/charset.hpp"
#include "mime/file_name.hpp"
#include "mime/header_text.hpp"
#include "mime/html_text.hpp"
#include "mime/message.hpp"
#include "mime/part_tree.hpp"

namespace {

void expect(bool truth) {
  if (!truth) std::abort();
}

bool is_one_line(std::string_view text) {
  return postroom::base::is_valid_utf8(text) &&
         text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  std::string_view raw(reinterpret_cast<const char*>(data), size);
  std::string_view label = raw.substr(0, raw.find('\n'));
  expect(base::is_valid_utf8(mime::to_utf8(label, raw).text));
  expect(base::is_valid_utf8(mime::html_to_text(mime::to_utf8("utf-8", raw).text)));

  std::string text = mime::decode_header(raw, label);
  expect(is_one_line(text));
  // What was read can be written, and is read the same again.
  std::string field = mime::format_header("Subject", text);
  bool marked = text.contains("\uFEFF");  // a byte order mark is no text
  expect(marked || mime::decode_header(std::string_view(field).substr(8)) == text);

  for (const auto& address : mime::parse_addresses(raw, label)) {
    expect(is_one_line(address.name) && is_one_line(address.address));
  }
  mime::ParsedField parsed = mime::parse_field(raw);
  for (std::string_view name : {"filename", "name", "charset"}) {
    std::string value = mime::decode_param(parsed.params, name);
    expect(is_one_line(value));
    std::string safe = mime::safe_file_name(value);
    expect(!safe.empty() && safe.size() <= mime::max_file_name_bytes && safe.front() != '.');
    expect(safe.find_first_of("/\\") == std::string::npos);
    expect(mime::safe_file_name(safe) == safe);
  }
  mime::parse_message_ids(raw);
  mime::parse_date(raw);
  return 0;
}
