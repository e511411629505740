// A message attached to a winmail.dat as an .eml: it never was one, so this is a faithful
// rendering, the same bytes each time.
#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "mime/body_writer.hpp"
#include "mime/builder.hpp"
#include "mime/header_text.hpp"
#include "mime/header_writer.hpp"
#include "mime/sha256.hpp"
#include "mime/tnef_files.hpp"

namespace postroom::mime {
namespace {

constexpr std::size_t longest_header_text = 2'000;

// One line of valid UTF-8.
std::string header_safe(std::string text) {
  if (text.size() > longest_header_text) text.resize(longest_header_text);
  text = base::to_valid_utf8(text);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return text;
}

std::string recipients_line(const TnefMessage& message, std::string_view header,
                            std::uint32_t role) {
  std::string list;
  for (const TnefRecipient& one : message.recipients) {
    const bool is_address = one.address.contains('@') &&
                            one.address.find_first_of(" \t\r\n<>,;\"\\") == std::string::npos &&
                            one.address.size() < 320 && base::is_ascii(one.address);
    if (one.role != role || !is_address) continue;
    if (!list.empty()) list += ",\r\n ";
    list += format_address({header_safe(one.name), one.address});
  }
  return list.empty() ? std::string() : fmt::format("{}: {}\r\n", header, list);
}

void add_text(std::string& out, std::string_view subtype, std::string_view words) {
  EncodedText encoded = encode_text(words);
  out +=
      fmt::format("Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}",
                  subtype, encoded.encoding, encoded.body);
}

void add_base64(std::string& out, std::string_view bytes) {
  constexpr std::size_t bytes_in_a_line = 57;
  for (std::size_t at = 0; at < bytes.size(); at += bytes_in_a_line) {
    out += base::to_base64(bytes.substr(at, bytes_in_a_line));
    out += "\r\n";
  }
}

void add_file(std::string& out, const TnefFile& file) {
  const std::string name = header_safe(file.name);
  out += "Content-Type: " + file.type + "\r\nContent-Disposition: attachment" +
         format_file_param("filename", name, true) + "\r\n";
  if (file.type == "message/rfc822") {
    out += "\r\n";
    out += file.content();
  } else {
    out += "Content-Transfer-Encoding: base64\r\n\r\n";
    add_base64(out, file.content());
  }
}

}  // namespace

std::string eml_of(const TnefMessage& message) {
  std::vector<TnefFile> files = files_of(message, OwnText::leave_out);
  TnefWords words = words_of(message);
  if (words.html.empty() && words.text.empty() && !words.rtf.empty()) {
    TnefFile rtf;
    rtf.name = "message.rtf";
    rtf.type = "application/rtf";
    rtf.made = std::move(words.rtf);
    files.insert(files.begin(), std::move(rtf));
  }

  std::string out;
  const TnefSender sender = sender_of(message);
  if (!sender.address.empty() && base::is_ascii(sender.address)) {
    out += "From: " + format_address({header_safe(sender.name), sender.address}) + "\r\n";
  } else if (!sender.name.empty()) {
    out += format_header("From", header_safe(sender.name));
  }
  out += recipients_line(message, "To", 1);
  out += recipients_line(message, "Cc", 2);
  out += format_header("Subject", header_safe(message.subject));
  if (message.sent) out += "Date: " + format_date(*message.sent) + "\r\n";
  const std::vector<std::string> ids = parse_message_ids(header_safe(message.message_id));
  if (!ids.empty() && base::is_ascii(ids.front())) out += "Message-ID: " + ids.front() + "\r\n";
  out += "MIME-Version: 1.0\r\n";

  const bool is_html = !words.html.empty();
  const std::string_view body = is_html ? words.html : words.text;
  if (files.empty()) {
    add_text(out, is_html ? "html" : "plain", body);
    return out;
  }
  // No line of the parts can be this one: it depends on all of them.
  Sha256 sum;
  sum.update(out);
  sum.update(body);
  for (const TnefFile& file : files) sum.update(file.content());
  const std::string boundary = "=_" + sum.hex().substr(0, 40);
  out += fmt::format("Content-Type: multipart/mixed; boundary=\"{}\"\r\n\r\n", boundary);
  if (!body.empty()) {
    out += fmt::format("--{}\r\n", boundary);
    add_text(out, is_html ? "html" : "plain", body);
    out += "\r\n";
  }
  for (const TnefFile& file : files) {
    out += fmt::format("--{}\r\n", boundary);
    add_file(out, file);
    out += "\r\n";
  }
  out += fmt::format("--{}--\r\n", boundary);
  return out;
}

}  // namespace postroom::mime
