// MAPI properties as TNEF writes them (MS-OXTNEF section 2.1.3.4): a list read with every length
// checked. Values are views into the bytes given. Inside mime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "mime/binary_reader.hpp"

namespace postroom::mime {

struct MapiProperty {
  std::uint16_t type = 0, id = 0;
  std::string_view set;      // of a named property: its GUID, 16 bytes
  std::uint32_t number = 0;  // of a numbered one: its number in that set
  std::string_view value;    // the first one; fixed types least significant byte first
};

// Ids that mean something here (MS-OXPROPS).
namespace mapi {
inline constexpr std::uint16_t string8 = 0x001E, unicode = 0x001F, object = 0x000D, binary = 0x0102;
inline constexpr std::uint16_t message_class = 0x001A, subject = 0x0037, submit_time = 0x0039,
                               representing_name = 0x0042, start_date = 0x0060, end_date = 0x0061,
                               representing_address = 0x0065, recipient_type = 0x0C15,
                               sender_name = 0x0C1A, sender_address = 0x0C1F, body = 0x1000,
                               rtf_compressed = 0x1009, body_html = 0x1013, message_id = 0x1035,
                               display_name = 0x3001, address = 0x3003, attach_data = 0x3701,
                               attach_name = 0x3704, attach_long_name = 0x3707,
                               attach_type = 0x370E, attach_content_id = 0x3712,
                               smtp_address = 0x39FE, html_code_page = 0x3FDE, sender_smtp = 0x5D01,
                               representing_smtp = 0x5D02;
}  // namespace mapi

class MapiProperties {
 public:
  // Up to the end, the first byte that makes no sense (is_damaged then), or `limit` properties.
  static MapiProperties read(BinaryReader& in, std::size_t limit);

  bool is_damaged() const noexcept { return damaged_; }
  std::size_t size() const noexcept { return all_.size(); }
  // nullptr when there is none.
  const MapiProperty* find(std::uint16_t id) const noexcept;
  const MapiProperty* find(std::string_view set, std::uint32_t number) const noexcept;

  // Decoded to UTF-8 without its closing NUL; `charset` is that of 8-bit text. Empty when missing.
  std::string text(std::uint16_t id, std::string_view charset) const;

 private:
  std::vector<MapiProperty> all_;
  bool damaged_ = false;
};

std::string mapi_text(const MapiProperty& property, std::string_view charset);
// 0 when missing or of another type.
std::uint32_t mapi_number(const MapiProperty* property) noexcept;
// A FILETIME: 100 ns since 1601. Nothing outside the years 1601 to 9999.
std::optional<base::Instant> mapi_time(const MapiProperty* property) noexcept;

}  // namespace postroom::mime
