// Part: the structure of one message, without its bytes. The same tree comes from our parser
// (message.hpp) and from an IMAP BODYSTRUCTURE (imap adapter, through make_part and number_parts),
// so names and ids agree everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/envelope.hpp"

namespace postroom::mime {

struct Part {
  // IMAP section (RFC 9051 section 6.4.5): "1", "2.1". The root is "" when it is a multipart, "1"
  // when it is the only part. The root multipart of an attached message "2" is "2.TEXT", and its
  // children are "2.1", "2.2".
  std::string id;
  std::string type = "text", subtype = "plain";  // lower case
  std::string name;         // file name decoded to UTF-8, not made safe (file_name.hpp)
  std::string disposition;  // lower case; empty when not given
  std::string content_id;   // without angle brackets
  std::string content_location;
  std::string encoding;    // lower case; empty when not given
  std::string charset;     // as labelled
  std::string method;      // text/calendar's method, upper case
  std::string start;       // multipart/related's root, without angle brackets
  std::string access;      // message/external-body: how and where the file is ("url http://...")
  std::string fragment;    // message/partial: "2 of 5"
  std::string smime_type;  // application/pkcs7-mime: "enveloped-data", lower case
  bool flowed = false;     // RFC 3676 format=flowed
  bool delsp = false;      // RFC 3676 delsp=yes
  std::uint64_t size = 0;  // encoded octets; 0 for a multipart
  std::vector<Part> children;        // a message/rfc822 has at most one: its root
  std::optional<Envelope> envelope;  // message/rfc822 only

  bool is(std::string_view t, std::string_view s) const { return type == t && subtype == s; }
  bool is_multipart() const { return type == "multipart"; }
  bool is_message() const {
    return type == "message" && (subtype == "rfc822" || subtype == "global");
  }
};

// Name and value as they stand in the header or in BODYSTRUCTURE: "filename*0*" and "utf-8''a%20b"
// undecoded.
using RawParams = std::vector<std::pair<std::string, std::string>>;

struct PartFields {
  std::string_view type, subtype;
  RawParams params;  // of Content-Type
  std::string_view id;
  std::string_view description;
  std::string_view encoding;
  std::uint64_t size = 0;
  std::string_view disposition;
  RawParams disposition_params;
  std::string_view location;
};

// Everything but id, children and envelope. Never throws.
Part make_part(const PartFields& fields);

// Sets every id below `root` by the tree's shape.
void number_parts(Part& root);

// The part of that id; nullptr when there is none. find_part(root, "") is a multipart root.
const Part* find_part(const Part& root, std::string_view id);

// One parameter decoded: RFC 2231 with charset and continuations in any order, partly encoded;
// encoded words in or out of quotes; raw UTF-8 and raw 8-bit. Empty when there is none.
std::string decode_param(const RawParams& params, std::string_view name);

// "attachment; filename=\"a.pdf\"" -> first word lower case, and parameters raw. Takes missing
// quotes, missing semicolons, comments, spaces in unquoted values. At most 200 parameters.
struct ParsedField {
  std::string value;
  RawParams params;
};
ParsedField parse_field(std::string_view raw);

}  // namespace postroom::mime
