// From any bytes under any label to UTF-8. A total function: nothing that a stranger wrote makes it
// throw.
#pragma once

#include <string>
#include <string_view>

namespace postroom::mime {

struct Converted {
  std::string text;  // valid UTF-8, always
  std::string
      warning;  // empty when the label told the truth; else one sentence for the message's warnings
};

// Bytes that are valid UTF-8 with something above ASCII win over a single-byte label. A label is
// widened to what its users really send (gb2312 -> gb18030, ks_c_5601 -> cp949, iso-8859-1 ->
// windows-1252, shift_jis -> cp932). Without a label that means something, in this order: a byte
// order mark, UTF-8 if it is valid, ISO-2022-JP if it escapes so, `hint` if that means something
// (a page's own meta, the charset of a neighbour), what the bytes look like, windows-1252. Bytes
// that do not fit become U+FFFD.
Converted to_utf8(std::string_view label, std::string_view bytes, std::string_view hint = {});

// The converter's name for a label ("_iso-2022-jp$esc" -> "ISO-2022-JP-2", "windows-874" ->
// "CP874"); empty when unknown.
std::string known_charset(std::string_view label);

}  // namespace postroom::mime
