// TnefMessage: what a winmail.dat says (MS-OXTNEF), read with every length checked. Views into the
// bytes given, which must outlive it. Never throws, never reads beyond the end; nesting and counts
// are bounded. What becomes of it is tnef_files.hpp's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mime/mapi_properties.hpp"

namespace postroom::mime {

struct TnefLimits {
  int depth = 10;                      // messages attached to messages; people reach 3
  std::size_t attachments = 1'000;     // in one message
  std::size_t recipients = 1'000;      // in one message
  std::size_t properties = 5'000;      // in one list; Outlook writes about 200
  std::size_t messages = 200;          // in all levels together
  std::size_t rtf = 32 * 1024 * 1024;  // expanded, in all levels together
};

struct TnefMessage;

struct TnefAttachment {
  std::string name, type, content_id;    // as written, decoded to UTF-8; may be empty
  std::string_view data;                 // of a file
  std::unique_ptr<TnefMessage> message;  // of an attached message
  bool is_object = false;                // an OLE object that is neither
};

struct TnefRecipient {
  std::uint32_t role = 1;  // 1 To, 2 Cc, 3 Bcc
  std::string name, address;
};

struct TnefMessage {
  std::string charset;  // of its 8-bit text
  std::string message_class, subject, message_id;
  std::string_view body;  // attBody; 8-bit text
  std::optional<base::Instant> sent, start, end;
  MapiProperties properties;
  std::size_t rtf_room = 0;  // bytes that its RTF may expand to
  std::vector<TnefRecipient> recipients;
  std::vector<TnefAttachment> attachments;
  std::string damage;  // what is wrong with it, the end of a sentence; empty when all was well
};

// Nothing when the bytes are no TNEF at all.
std::optional<TnefMessage> read_tnef(std::string_view bytes, const TnefLimits& limits = {});

}  // namespace postroom::mime
