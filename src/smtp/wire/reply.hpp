// Reply: what an SMTP server answers (RFC 5321 section 4.2, enhanced status codes RFC 3463 and RFC
// 2034).
//
// Pure. Does not know what was asked, nor what a code means (wire/reply_cause).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::smtp {

// "5.7.139". All zero where the server gave none.
struct EnhancedCode {
  std::uint16_t status_class = 0;
  std::uint16_t subject = 0;
  std::uint16_t detail = 0;
  bool operator==(const EnhancedCode&) const = default;
  bool is_given() const noexcept { return status_class != 0; }
};

std::string to_string(const EnhancedCode& code);

struct Reply {
  int code = 0;                    // 200..599; the last line's, should they differ
  EnhancedCode enhanced;           // of the first line that has one
  std::vector<std::string> lines;  // the texts behind the code, raw; at least one, maybe empty

  bool is_positive() const noexcept { return code / 100 == 2; }
  bool is_intermediate() const noexcept { return code / 100 == 3; }
  bool is_transient() const noexcept { return code / 100 == 4; }
  bool is_permanent() const noexcept { return code / 100 == 5; }
  // "550 5.1.1 No such user; ask your administrator": one line, untrusted.
  std::string text() const;
};

enum class ReplyFault {
  not_a_reply,   // no code in 200..599, or a code followed by something else than space, hyphen or
                 // line end
  codes_differ,  // lines of one reply with codes of two classes: it says yes and no
  line_too_long,
  reply_too_long,
};

std::string_view to_string(ReplyFault fault) noexcept;

// Reads replies out of a run of bytes that arrives in pieces of any size.
class ReplyParser {
 public:
  // Takes bytes off the front of `bytes` until one reply is complete. Nothing: all are taken and
  // more are needed. After a fault the connection is out of step: close it. A line may end in LF
  // alone: no server means anything by it.
  std::expected<std::optional<Reply>, ReplyFault> next(std::string_view& bytes);

  // Nothing of a further reply has been taken yet.
  bool is_between_replies() const noexcept { return line_.empty() && reply_.lines.empty(); }

 private:
  // True when `line` ends the reply.
  std::expected<bool, ReplyFault> add_line(std::string_view line);

  std::string line_;
  Reply reply_;
  std::size_t reply_bytes_ = 0;
};

// "5.7.1 and then text": the code at the front, if its class is `status_class` (RFC 2034 section
// 4).
EnhancedCode parse_enhanced_code(std::string_view text, int status_class) noexcept;

}  // namespace postroom::smtp
