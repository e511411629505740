// PartScanner: finds the parts of a message in its bytes as they stream by, and remembers where
// each one lies. One pass, no recursion, no copy of any body; depth, parts and header blocks are
// bounded. Inside mime; others use Message.
//
// Our own and not a library's, because an attached message must come out byte by byte as it went in
// (signatures), sizes and ids must be IMAP's, and nesting beyond the limit must be said, not
// dropped.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mime/header.hpp"
#include "mime/message.hpp"
#include "mime/part_tree.hpp"

namespace postroom::mime {

// Byte offsets in the message.
struct Region {
  std::uint64_t start = 0, end = 0;
};

struct ScannedMessage {
  Headers headers;
  Part root;
  std::map<std::string, Region, std::less<>> bodies;  // by part id, without the part's headers
  std::vector<std::string> warnings;
  std::uint64_t size = 0;
};

class PartScanner {
 public:
  explicit PartScanner(const MessageLimits& limits);
  ~PartScanner();

  void feed(std::string_view bytes);
  ScannedMessage finish();  // after the last feed, once

 private:
  struct Node;
  struct Frame {
    Node* node;
    std::string boundary;  // of an open multipart
    bool guess =
        false;  // a multipart that names no boundary: the first line that looks like one is it
    bool ended = false;  // its closing line was there
  };

  void scan(std::string_view bytes);
  void settle_line_end();
  void take_line(std::string_view prefix, std::uint64_t start, std::uint64_t end,
                 unsigned line_end);
  bool take_boundary(std::string_view line, std::uint64_t start, std::uint64_t end);
  void take_header_line(std::string_view line, std::uint64_t start, std::uint64_t end);
  void end_headers(std::uint64_t body_start);
  void open_child(std::uint64_t header_start);
  void close_above(std::size_t frame, std::uint64_t end);
  void warn(std::string sentence);
  static void collect(Node& node, Part& part, ScannedMessage& out);

  const MessageLimits limits_;
  std::unique_ptr<Node> root_;
  std::vector<Frame> frames_;
  std::vector<std::string> warnings_;
  std::string head_;    // the first bytes, until it is known how lines end
  char line_feed_ = 0;  // '\n', or '\r' in what old Macs wrote; 0: not known yet
  std::string line_;    // the start of a line that is cut by the end of a chunk
  std::uint64_t line_start_ = 0;
  std::uint64_t at_ = 0;
  unsigned previous_line_end_ =
      0;  // octets of the line end before this line: it belongs to a boundary
  bool in_headers_ = true;
  bool last_was_cr_ = false;
  std::size_t parts_ = 1;
};

}  // namespace postroom::mime
