// Draft and build: a message to send, as a stream of bytes whose size is known before the first one
// is read. Headers are folded and encoded (RFC 5322, 2047, 2231), lines end in CRLF and stay below
// 998 bytes, attachments are read from their files as they go out. Bcc is never written: give it to
// the transport.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_stream.hpp"
#include "base/clock.hpp"
#include "mime/envelope.hpp"

namespace postroom::mime {

struct DraftFile {
  std::string name;  // UTF-8; the path's last component when empty
  std::string type;  // "application/pdf"; by the name's extension when empty
  std::filesystem::path
      path;           // read from here when not empty; it must not change while the message is sent
  std::string bytes;  // else these
  std::string
      content_id;  // not empty: belongs to the HTML ("cid:..."), goes into multipart/related
};

enum class Importance { low, normal, high };

struct Draft {
  Address from;
  std::vector<Address> to, cc, bcc, reply_to;
  std::string subject;
  std::string text, html;  // UTF-8; both make a multipart/alternative
  std::vector<DraftFile> attachments;
  std::vector<std::pair<std::string, std::string>>
      headers;  // further ones, not those above or below
  Importance importance = Importance::normal;
  std::string in_reply_to;
  std::vector<std::string> references;
  std::string message_id;               // made when empty: random@domain of from
  std::optional<base::Instant> date;    // now when not set
  std::chrono::minutes zone_offset{0};  // for the Date line
  std::string auto_submitted;           // "auto-replied", "auto-generated"; empty: not written
};

// Throws Error{config}: mime.bad_header (a line break or NUL in a field, a header name that is none
// or is ours), mime.bad_address, mime.attachment_unreadable. The source throws Error{storage,
// mime.attachment_changed} when a file got shorter meanwhile.
std::unique_ptr<base::ByteSource> build(const Draft& draft,
                                        const base::Clock& clock = base::system_clock());

// Whether the part before the @ is beyond ASCII: such an address can be written to only by way of
// SMTPUTF8 (RFC 6531). A domain beyond ASCII needs nothing: it is written as A-labels.
bool needs_smtputf8(const Address& address);

// "<random@domain>", unique.
std::string make_message_id(std::string_view from_address);

// One header field folded and encoded, with its CRLF. `value` is UTF-8 without line breaks.
std::string format_header(std::string_view name, std::string_view value);
// "=?utf-8?Q?J=C3=BCrgen?= <j@example.com>", or the address alone; its domain in ASCII (A-labels).
std::string format_address(const Address& address);

}  // namespace postroom::mime
