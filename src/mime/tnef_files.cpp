#include "mime/tnef_files.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "mime/charset.hpp"
#include "mime/html_references.hpp"
#include "mime/media_type.hpp"
#include "mime/rtf_compressed.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t longest_name = 1'000;  // bytes; a file system takes 255, safe_file_name cuts

std::string clipped(std::string text) {
  if (text.size() <= longest_name) return text;
  text.resize(longest_name);
  return base::to_valid_utf8(text);  // the cut may be inside a character
}

std::string html_of(const TnefMessage& message) {
  const MapiProperty* html = message.properties.find(mapi::body_html);
  if (html == nullptr) return {};
  if (html->type != mapi::binary) return mapi_text(*html, message.charset);
  const std::uint32_t page = mapi_number(message.properties.find(mapi::html_code_page));
  return to_utf8(page == 0 ? message.charset : "cp" + std::to_string(page), html->value).text;
}

std::string address_in(const TnefMessage& message, std::uint16_t id) {
  std::string address = message.properties.text(id, message.charset);
  // "SMTP:a@b.c"; Exchange's own addresses (/o=.../cn=...) are of no use outside.
  const std::size_t colon = address.find(':');
  if (colon != std::string::npos && address.find('@') > colon) address.erase(0, colon + 1);
  const bool is_plain =
      address.contains('@') && address.find_first_of(" \t\r\n<>,;\"") == std::string::npos;
  return is_plain && address.size() < 320 ? address : std::string();
}

TnefFile made_file(std::string name, std::string type, std::string bytes) {
  TnefFile file;
  file.name = std::move(name);
  file.type = std::move(type);
  file.made = std::move(bytes);
  return file;
}

// A type that a file may have in the header of the message made of it. Not multipart and message,
// whose bytes would be read as parts of it.
bool is_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (text.starts_with("multipart/") || text.starts_with("message/")) return false;
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; })) return false;
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         text.size() < 200 && text.find_first_of(";\"<>\\(),") == std::string_view::npos;
}

}  // namespace

TnefSender sender_of(const TnefMessage& message) {
  TnefSender sender;
  for (std::uint16_t id : {mapi::representing_name, mapi::sender_name}) {
    if (sender.name.empty()) sender.name = message.properties.text(id, message.charset);
  }
  for (std::uint16_t id : {mapi::representing_smtp, mapi::sender_smtp, mapi::representing_address,
                           mapi::sender_address}) {
    if (sender.address.empty()) sender.address = address_in(message, id);
  }
  sender.name = clipped(std::move(sender.name));
  return sender;
}

TnefWords words_of(const TnefMessage& message) {
  TnefWords words;
  words.html = html_of(message);
  words.text = message.properties.text(mapi::body, message.charset);
  if (words.text.empty()) words.text = to_utf8(message.charset, message.body).text;
  if (const MapiProperty* rtf = message.properties.find(mapi::rtf_compressed))
    words.rtf = expand_rtf(rtf->value, message.rtf_room).value_or(std::string());
  return words;
}

std::vector<TnefFile> files_of(const TnefMessage& message, OwnText own_text) {
  std::vector<TnefFile> files;
  TnefWords words = words_of(message);
  // Outlook keeps HTML inside RTF, its addresses untouched.
  const HtmlReferences references(words.html.empty() ? words.rtf : words.html);
  if (own_text == OwnText::as_file) {
    if (!words.html.empty()) {
      files.push_back(made_file("message.html", "text/html", words.html));
    } else if (!words.text.empty()) {
      files.push_back(made_file("message.txt", "text/plain", words.text));
    } else if (!words.rtf.empty()) {
      files.push_back(made_file("message.rtf", "application/rtf", words.rtf));
    }
  }
  if (is_meeting(message)) {
    if (auto calendar = calendar_of(message))
      files.push_back(made_file("invite.ics", "text/calendar", std::move(*calendar)));
  }
  std::size_t number = 0;
  for (const TnefAttachment& attachment : message.attachments) {
    ++number;
    if (attachment.message != nullptr) {
      const std::string& subject = attachment.message->subject;
      std::string title = !attachment.name.empty() ? attachment.name : subject;
      if (title.empty()) title = "message-" + std::to_string(number);
      if (!base::ascii_lower(title).ends_with(".eml")) title = clipped(title) + ".eml";
      files.push_back(made_file(std::move(title), "message/rfc822", eml_of(*attachment.message)));
      continue;
    }
    if (attachment.is_object && attachment.data.empty()) continue;  // the caller says so
    TnefFile file;
    file.type = base::ascii_lower(attachment.type);
    if (!is_type(file.type)) file.type = media_type_of(attachment.name);
    file.name = clipped(attachment.name);
    if (file.name.empty()) {
      const std::string extension = extension_of(file.type);
      file.name = "attachment-" + std::to_string(number) + (extension.empty() ? ".bin" : extension);
    }
    file.bytes = attachment.data;
    file.is_shown = references.has_id(attachment.content_id);
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace postroom::mime
