// CommandText: one command as it goes over the wire, without tag and line end (RFC 9051 section 6).
//
// Chooses atom, quoted string or literal for every string, so that nothing that a user or a mail
// supplies can end the command and begin another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/mailbox_name.hpp"

namespace postroom::imap {

// How literals may be sent. synchronizing: wait for "+" before the bytes; minus: up to 4,096 bytes
// without waiting; plus: any size without waiting (RFC 7888).
enum class LiteralStyle { synchronizing, minus, plus };

// utf8: mailbox names and quoted strings may hold UTF-8 (IMAP4rev2, or UTF8=ACCEPT once enabled).
enum class TextEncoding { ascii, utf8 };

struct CommandStyle {
  LiteralStyle literals = LiteralStyle::synchronizing;
  TextEncoding text = TextEncoding::ascii;
  CommandStyle(LiteralStyle literal_style = LiteralStyle::synchronizing,
               TextEncoding encoding = TextEncoding::ascii)
      : literals(literal_style), text(encoding) {}
};

class CommandText {
 public:
  explicit CommandText(CommandStyle style = {}) : style_(style) {}

  // Protocol text of ours, as it is; a space goes before it unless at the start or behind "(".
  CommandText& word(std::string_view raw);
  // A string from elsewhere. Throws Error{config, "imap.bad_text"} for a NUL byte, which IMAP
  // cannot carry.
  CommandText& string(std::string_view value);
  CommandText& mailbox(const MailboxName& name);
  CommandText& open();
  CommandText& close();
  CommandText& append(const CommandText& other);
  // "{n}" or "{n+}" for bytes that the caller streams behind it; true when the caller waits for "+"
  // before.
  bool literal_head(std::uint64_t size);
  // The same for "~{n}", a literal8 (RFC 3516, RFC 7888 section 6).
  bool literal8_head(std::uint64_t size);

  const std::string& bytes() const noexcept { return bytes_; }
  // Where to wait for "+": ends of literal heads, ascending.
  const std::vector<std::size_t>& waits() const noexcept { return waits_; }
  // Not ASCII: SEARCH must name its CHARSET.
  bool is_ascii() const noexcept { return ascii_; }
  CommandStyle style() const noexcept { return style_; }

 private:
  void separate();
  bool fits_quotes(std::string_view value) const noexcept;
  bool put_literal_head(std::uint64_t size);

  std::string bytes_;
  std::vector<std::size_t> waits_;
  CommandStyle style_;
  bool ascii_ = true;
};

}  // namespace postroom::imap
