#include "mime/rtf_compressed.hpp"

#include <algorithm>
#include <array>

#include "mime/binary_reader.hpp"

namespace postroom::mime {
namespace {

constexpr std::uint32_t compressed = 0x75465A4C, uncompressed = 0x414C454D;
constexpr std::size_t window = 4096;

// What the dictionary begins with (MS-OXRTFCP section 2.1.3.1.1).
constexpr std::string_view first_words =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(first_words.size() == 207);

}  // namespace

std::optional<std::string> expand_rtf(std::string_view bytes, std::size_t limit) {
  BinaryReader in(bytes);
  in.little32();  // the size of what follows: the bytes say it themselves
  const std::uint32_t size = in.little32();
  const std::uint32_t kind = in.little32();
  in.little32();  // checksum
  if (in.has_failed() || size > limit) return std::nullopt;
  if (kind == uncompressed) return std::string(in.take(std::min<std::size_t>(size, in.left())));
  if (kind != compressed) return std::nullopt;

  std::array<char, window> dictionary{};
  std::ranges::copy(first_words, dictionary.begin());
  std::size_t at = first_words.size();
  std::string out;
  auto put = [&](char c) {
    dictionary[at] = c;
    at = (at + 1) % window;
    out += c;
  };
  while (out.size() < size && in.left() > 0) {
    const auto run = static_cast<unsigned>(in.little(1));
    for (unsigned bit = 0; bit < 8 && out.size() < size && in.left() > 0; ++bit) {
      if ((run >> bit & 1U) == 0) {
        put(in.take(1).front());
        continue;
      }
      if (in.left() < 2) return out;
      const std::uint32_t reference = in.big(2);
      std::size_t from = reference >> 4;
      if (from == at) return out;  // the end mark
      for (std::size_t length = (reference & 15U) + 2; length > 0 && out.size() < size; --length) {
        put(dictionary[from]);
        from = (from + 1) % window;
      }
    }
  }
  return out;
}

}  // namespace postroom::mime
