// Fuzz entry: any bytes as a winmail.dat, and everything made of it.
#include <cstdint>
#include <cstdlib>

#include "base/utf8.hpp"
#include "mime/file_name.hpp"
#include "mime/packed.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace postroom;
  mime::Attachment packed;
  packed.part_id = "1";
  packed.name = packed.path = "winmail.dat";
  std::string bytes(reinterpret_cast<const char*>(data), size);
  for (auto packing :
       {mime::Packing::tnef_with_words, mime::Packing::text, mime::Packing::apple_single}) {
    packed.packing = packing;
    const mime::Opened opened = mime::open_packed(packed, bytes, mime::Nested::recurse);
    for (const mime::OpenedFile& file : opened.files) {
      if (file.attachment.name.empty() || !base::is_valid_utf8(file.attachment.name)) std::abort();
      if (mime::safe_file_name(file.attachment.name).empty()) std::abort();
      if (file.attachment.size != file.bytes.size()) std::abort();
      // Every byte given can be read.
      std::uint64_t sum = 0;
      for (char c : file.bytes) sum += static_cast<unsigned char>(c);
      if (sum > file.bytes.size() * 255) std::abort();
    }
    for (const std::string& sentence : opened.warnings) {
      if (!base::is_valid_utf8(sentence)) std::abort();
    }
  }
  return 0;
}
