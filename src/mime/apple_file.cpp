#include "mime/apple_file.hpp"

#include "base/utf8.hpp"
#include "mime/binary_reader.hpp"
#include "mime/charset.hpp"

namespace postroom::mime {

std::optional<AppleFile> read_apple_file(std::string_view bytes) {
  constexpr std::uint32_t single = 0x00051600, pair = 0x00051607;
  constexpr std::uint32_t data_fork = 1, real_name = 3;
  BinaryReader in(bytes);
  const std::uint32_t magic = in.big(4);
  if (magic != single && magic != pair) return std::nullopt;
  in.big(4);    // version
  in.take(16);  // filler
  const std::uint32_t entries = in.big(2);
  AppleFile file;
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::uint32_t id = in.big(4);
    const std::uint32_t offset = in.big(4);
    const std::uint32_t length = in.big(4);
    if (in.has_failed()) return std::nullopt;
    if (offset > bytes.size() || length > bytes.size() - offset) return std::nullopt;
    std::string_view entry = bytes.substr(offset, length);
    if (id == data_fork) {
      file.data = entry;
      file.has_data = true;
    } else if (id == real_name) {
      file.name =
          base::is_valid_utf8(entry) ? std::string(entry) : to_utf8("macintosh", entry).text;
    }
  }
  return file;
}

}  // namespace postroom::mime
