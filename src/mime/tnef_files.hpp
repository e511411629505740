// What a winmail.dat becomes: files. Attached messages are written as .eml, a meeting as .ics.
// Inside mime; others see the files as attachments (packed.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/tnef.hpp"

namespace postroom::mime {

struct TnefFile {
  std::string name, type;
  bool is_shown = false;   // a picture that the message's own text shows
  std::string_view bytes;  // into the TNEF; or
  std::string made;        // made here
  std::string_view content() const noexcept { return made.empty() ? bytes : made; }
};

// Whether the message's own text becomes a file (HTML, else text, else RTF): only where the mail
// around it has none.
enum class OwnText { leave_out, as_file };

std::vector<TnefFile> files_of(const TnefMessage& message, OwnText own_text);

// RFC 5322, with its attachments; those that are messages as message/rfc822.
std::string eml_of(const TnefMessage& message);

// "IPM.Schedule.Meeting.Request" and its kin.
bool is_meeting(const TnefMessage& message);
// RFC 5545. Nothing when it says no time.
std::optional<std::string> calendar_of(const TnefMessage& message);

// The words of a message, decoded to UTF-8; empty when there are none.
struct TnefWords {
  std::string html, text, rtf;
};
TnefWords words_of(const TnefMessage& message);

// Who sent it, as far as it says.
struct TnefSender {
  std::string name, address;
};
TnefSender sender_of(const TnefMessage& message);

}  // namespace postroom::mime
