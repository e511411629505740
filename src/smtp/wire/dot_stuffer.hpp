// DotStuffer: a message on its way through DATA (RFC 5321 sections 2.3.8 and 4.5.2) or BDAT (RFC
// 3030 section 2, which knows no dots but the same line ends). Pure, streaming.
//
// Whatever the input, what comes out has CR and LF only as CRLF, and a line "." only as the
// terminator: a CR or LF alone becomes CRLF. Anything less lets a mail smuggle a second one past
// servers that disagree on line ends.
#pragma once

#include <string>
#include <string_view>

namespace postroom::smtp {

class DotStuffer {
 public:
  enum class Dots {
    stuffed,  // DATA
    kept,     // BDAT: no stuffing and no final dot
  };
  explicit DotStuffer(Dots dots = Dots::stuffed) : dots_(dots) {}

  // The next piece of the message, appended to `out`. At most about 2.5 times its size.
  void append(std::string_view piece, std::string& out);

  // The end of the last line and, for DATA, the final dot. Call it once.
  void finish(std::string& out);

 private:
  Dots dots_;
  bool at_line_start_ = true;
  bool after_cr_ = false;  // its CRLF is out already: a LF that follows belongs to it
};

}  // namespace postroom::smtp
