// ContentScanner: what a message's bytes ask of a server, found before any of them is sent (RFC
// 5321 section 4.5.3.1.6, RFC 6152, RFC 6531). Pure, streaming.
//
// Looks at line ends, lengths and the outermost header; does not parse MIME. A signature further
// in (multipart/signed inside multipart/mixed) is not seen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace postroom::smtp {

struct Content {
  // With every line end as CRLF and the last line closed, before dot-stuffing: what SIZE= counts
  // (RFC 1870 section 5).
  std::uint64_t wire_bytes = 0;
  std::uint64_t longest_line = 0;  // octets without its line end
  bool has_8bit = false;           // octets above 127
  bool has_nul = false;
  // Rewriting the line ends changes what was signed: it has a signature (multipart/signed or
  // DKIM-Signature) and bare CRs, or CRLFs and bare LFs side by side. A file with LF alone is one
  // that a Unix program stored: CRLF is what was signed.
  bool breaks_signature = false;
  std::string utf8_field;  // name of the first header field with characters beyond ASCII
  bool has_broken_utf8_field = false;  // such a field is no UTF-8
};

class ContentScanner {
 public:
  void append(std::string_view piece);
  // Call it once, at the end.
  Content finish();

 private:
  void take_text(std::string_view text);
  void end_line();
  void take_header_line();

  Content found_;
  std::uint64_t column_ = 0;
  bool after_cr_ = false;
  bool in_header_ = true;
  bool is_signed_ = false;
  bool has_crlf_ = false, has_bare_lf_ = false, has_bare_cr_ = false;
  std::string line_;   // of the header, its first bytes
  std::string field_;  // name of the field at hand
};

}  // namespace postroom::smtp
