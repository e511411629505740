#include "mime/file_types.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace postroom::mime {
namespace {

// The first line of an extension names its type.
constexpr auto known_types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"application/pdf", ".pdf"},
    {"image/png", ".png"},
    {"image/jpeg", ".jpg"},
    {"image/jpeg", ".jpeg"},
    {"image/jpg", ".jpg"},
    {"image/gif", ".gif"},
    {"image/tiff", ".tif"},
    {"image/tiff", ".tiff"},
    {"image/bmp", ".bmp"},
    {"image/webp", ".webp"},
    {"image/svg+xml", ".svg"},
    {"text/plain", ".txt"},
    {"text/html", ".html"},
    {"text/html", ".htm"},
    {"text/csv", ".csv"},
    {"text/xml", ".xml"},
    {"application/xml", ".xml"},
    {"application/json", ".json"},
    {"text/calendar", ".ics"},
    {"text/vcard", ".vcf"},
    {"text/x-vcard", ".vcf"},
    {"application/rtf", ".rtf"},
    {"text/rtf", ".rtf"},
    {"application/zip", ".zip"},
    {"application/gzip", ".gz"},
    {"application/msword", ".doc"},
    {"application/vnd.ms-excel", ".xls"},
    {"application/vnd.ms-powerpoint", ".ppt"},
    {"application/vnd.ms-outlook", ".msg"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"},
    {"application/ms-tnef", ".dat"},
    {"application/vnd.ms-tnef", ".dat"},
    {"application/pkcs7-mime", ".p7m"},
    {"application/x-pkcs7-mime", ".p7m"},
    {"application/pkcs7-signature", ".p7s"},
    {"application/pgp-signature", ".asc"},
    {"application/mac-binhex40", ".hqx"},
    {"message/rfc822", ".eml"},
    {"message/delivery-status", ".txt"},
    {"message/global-delivery-status", ".txt"},
    {"message/disposition-notification", ".txt"},
    {"message/global-disposition-notification", ".txt"},
    {"message/feedback-report", ".txt"},
    {"text/rfc822-headers", ".txt"},
    {"message/global-headers", ".txt"},
    {"audio/mpeg", ".mp3"},
    {"audio/wav", ".wav"},
    {"video/mp4", ".mp4"},
});

}  // namespace

std::string_view extension_of_type(std::string_view type) noexcept {
  for (const auto& [name, extension] : known_types) {
    if (name == type) return extension;
  }
  return {};
}

std::string_view type_of_name(std::string_view name) noexcept {
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    for (const auto& [type, extension] : known_types) {
      if (extension != ".dat" && base::ascii_iequals(name.substr(dot), extension)) return type;
    }
  }
  return "application/octet-stream";
}

}  // namespace postroom::mime
