#include "imap/wire/command_text.hpp"

#include "base/error.hpp"
#include "base/utf8.hpp"

namespace postroom::imap {
namespace {

// Servers may refuse lines above 8,192 bytes; a long string is better off as a literal.
constexpr std::size_t quoted_limit = 1'000;

}  // namespace

bool CommandText::fits_quotes(std::string_view value) const noexcept {
  if (value.size() > quoted_limit) return false;
  bool ascii = true;
  for (char c : value) {
    if (c == '\r' || c == '\n') return false;
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
  }
  return ascii || (style_.text == TextEncoding::utf8 && base::is_valid_utf8(value));
}

void CommandText::separate() {
  if (!bytes_.empty() && bytes_.back() != '(') bytes_ += ' ';
}

CommandText& CommandText::word(std::string_view raw) {
  separate();
  bytes_ += raw;
  return *this;
}

CommandText& CommandText::open() {
  separate();
  bytes_ += '(';
  return *this;
}

CommandText& CommandText::close() {
  bytes_ += ')';
  return *this;
}

CommandText& CommandText::append(const CommandText& other) {
  separate();
  for (std::size_t wait : other.waits_) waits_.push_back(bytes_.size() + wait);
  bytes_ += other.bytes_;
  ascii_ = ascii_ && other.ascii_;
  return *this;
}

bool CommandText::literal_head(std::uint64_t size) {
  separate();
  return put_literal_head(size);
}

bool CommandText::literal8_head(std::uint64_t size) {
  separate();
  bytes_ += '~';
  return put_literal_head(size);
}

bool CommandText::put_literal_head(std::uint64_t size) {
  const bool waits = style_.literals == LiteralStyle::synchronizing ||
                     (style_.literals == LiteralStyle::minus && size > 4096);
  bytes_ += '{';
  bytes_ += std::to_string(size);
  bytes_ += waits ? "}\r\n" : "+}\r\n";
  if (waits) waits_.push_back(bytes_.size());
  return waits;
}

CommandText& CommandText::string(std::string_view value) {
  if (value.find('\0') != std::string_view::npos) {
    throw base::Error(base::ErrorKind::config, "imap.bad_text",
                      "a text for the mail server contains a NUL byte", "remove the NUL byte");
  }
  if (!base::is_ascii(value)) ascii_ = false;
  if (fits_quotes(value)) {
    separate();
    bytes_ += '"';
    for (char c : value) {
      if (c == '"' || c == '\\') bytes_ += '\\';
      bytes_ += c;
    }
    bytes_ += '"';
    return *this;
  }
  literal_head(value.size());
  bytes_ += value;
  return *this;
}

CommandText& CommandText::mailbox(const MailboxName& name) {
  if (name.is_inbox()) return word("INBOX");
  return style_.text == TextEncoding::utf8 ? string(name.utf8()) : string(name.wire());
}

}  // namespace postroom::imap
