#include "mime/mapi_properties.hpp"

#include <algorithm>

#include "mime/charset.hpp"

namespace postroom::mime {
namespace {

constexpr std::uint16_t many_values = 0x1000;

// Octets of a type's value on the wire, padded; 0: it has a length of its own; nothing: no such
// type.
std::optional<std::size_t> fixed_width(std::uint16_t type) {
  switch (type) {
    case 0x0001:  // null
    case 0x0002:  // 16 bits
    case 0x0003:  // 32 bits
    case 0x0004:  // float
    case 0x000A:  // error
    case 0x000B:  // boolean
      return 4;
    case 0x0005:  // double
    case 0x0006:  // currency
    case 0x0007:  // date of OLE
    case 0x0014:  // 64 bits
    case 0x0040:  // FILETIME
      return 8;
    case 0x0048:  // GUID
      return 16;
    case mapi::object:
    case mapi::string8:
    case mapi::unicode:
    case mapi::binary:
      return 0;
    default:
      return std::nullopt;
  }
}

std::size_t padded(std::size_t length) { return (length + 3) / 4 * 4; }

// The padding of the last value is missing in what some programs write.
std::string_view take_padded(BinaryReader& in, std::size_t length) {
  std::string_view value = in.take(length);
  in.take(std::min(padded(length) - length, in.left()));
  return value;
}

void read_name(BinaryReader& in, MapiProperty& property) {
  property.set = in.take(16);
  if (in.little32() == 0) {
    property.number = in.little32();
  } else {
    take_padded(in, in.little32());
  }
}

void read_value(BinaryReader& in, MapiProperty& property) {
  const bool is_many = (property.type & many_values) != 0;
  property.type &= static_cast<std::uint16_t>(~many_values);
  const std::optional<std::size_t> width = fixed_width(property.type);
  if (!width) {
    in.take(in.left() + 1);
    return;
  }
  const std::uint32_t count = is_many || *width == 0 ? in.little32() : 1;
  for (std::uint32_t i = 0; i < count && !in.has_failed(); ++i) {
    std::string_view value = *width > 0 ? in.take(*width) : take_padded(in, in.little32());
    if (i == 0) property.value = value;
  }
}

}  // namespace

MapiProperties MapiProperties::read(BinaryReader& in, std::size_t limit) {
  MapiProperties list;
  const std::uint32_t count = in.little32();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (list.all_.size() >= limit) {
      list.damaged_ = true;
      break;
    }
    MapiProperty property;
    property.type = in.little16();
    property.id = in.little16();
    if (property.id >= 0x8000) read_name(in, property);
    read_value(in, property);
    if (in.has_failed()) break;
    list.all_.push_back(property);
  }
  list.damaged_ = list.damaged_ || in.has_failed();
  return list;
}

const MapiProperty* MapiProperties::find(std::uint16_t id) const noexcept {
  auto found = std::ranges::find(all_, id, &MapiProperty::id);
  return found == all_.end() ? nullptr : &*found;
}

const MapiProperty* MapiProperties::find(std::string_view set,
                                         std::uint32_t number) const noexcept {
  auto found = std::ranges::find_if(all_, [&](const MapiProperty& property) {
    return property.set == set && property.number == number;
  });
  return found == all_.end() ? nullptr : &*found;
}

std::string MapiProperties::text(std::uint16_t id, std::string_view charset) const {
  const MapiProperty* property = find(id);
  return property == nullptr ? std::string() : mapi_text(*property, charset);
}

std::string mapi_text(const MapiProperty& property, std::string_view charset) {
  if (property.type != mapi::string8 && property.type != mapi::unicode) return {};
  std::string text =
      to_utf8(property.type == mapi::unicode ? "utf-16le" : charset, property.value).text;
  text.resize(std::min(text.find('\0'), text.size()));
  return text;
}

std::uint32_t mapi_number(const MapiProperty* property) noexcept {
  if (property == nullptr || property->value.size() != 4) return 0;
  return BinaryReader(property->value).little32();
}

std::optional<base::Instant> mapi_time(const MapiProperty* property) noexcept {
  if (property == nullptr || property->value.size() != 8) return std::nullopt;
  constexpr std::uint64_t from_1601_to_1970 = 11'644'473'600ULL * 1000;  // ms
  constexpr std::uint64_t end_of_9999 = 253'402'300'799ULL * 1000;
  const std::uint64_t since_1601 = BinaryReader(property->value).little(8) / 10'000;
  if (since_1601 == 0 || since_1601 > from_1601_to_1970 + end_of_9999) return std::nullopt;
  return base::Instant(std::chrono::milliseconds(static_cast<std::int64_t>(since_1601) -
                                                 static_cast<std::int64_t>(from_1601_to_1970)));
}

}  // namespace postroom::mime
